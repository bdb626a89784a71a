/** The vault's door for the browser: shapes, queries, paths and pages. */
export * from './queries';
export type { DueItem, DueList, RotationView, SecretVersionView, SecretView } from './schema';
export { RotationPage } from './ui/rotation-page';
export { SecretPage } from './ui/secret-page';
export { VaultPage } from './ui/vault-page';
