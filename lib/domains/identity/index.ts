/** The identity room's door for the browser: shapes, queries and paths. */
export * from './schema';
export * from './queries';
export { CredentialsPanel, type CredentialsPanelProps } from './ui/credentials-panel';
