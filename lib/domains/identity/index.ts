/** The identity room's door for the browser: shapes, queries, paths and its part of pages. */
export * from './schema';
export * from './queries';
export { CredentialsPanel, type CredentialsPanelProps } from './ui/credentials-panel';
export { useLiveCredentials } from './ui/live-credentials';
export { Made as CredentialOnce } from './ui/new-credential';
