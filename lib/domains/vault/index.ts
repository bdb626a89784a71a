/** The vault's door for the browser: shapes, queries and paths. */
export * from './queries';
export type { DueItem, DueList, RotationView, SecretVersionView, SecretView } from './schema';
