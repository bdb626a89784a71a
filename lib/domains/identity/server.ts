/** The identity room's door for servers. */
export { credentialsApi } from './api';
export { identityJobs } from './jobs';
export { oauthRoutes } from './oauth/routes';
export { type AccessToken, issueAccessToken, verifyAccessToken } from './token';
export { readStatement, signStatement } from './statement';
export { createCredential } from './service/create';
export { issueCredential, publicFacts, type Material } from './service/issue';
export { revokeCredential } from './service/revoke';
export {
  countDueCredentials,
  credentialsById,
  type CredentialRow,
  dueCredentials,
  type DuePlace,
  loadCredential,
  moveCredential,
} from './repo';
export { mayManage as mayManageCredentials, mayRotate as mayRotateCredential } from './policy';
export { viewOf as credentialViewOf } from './view';
export { newCredential, publicJwk } from './schema';
