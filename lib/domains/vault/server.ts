/** The vault's door for servers. */
export { credentialRotationApi, rotationsApi, secretsApi } from './api';
export { vaultJobs } from './jobs';
export { openSecretVersion } from './seal';
export { createSecretInput, updateSecretInput } from './schema';
export { bindSecret } from './service/bind';
export { createSecret, declareSecret, revokeSecret, updateSecret } from './service/secrets';
export { listSecrets } from './service/read';
export { rotateSecret } from './service/rotate-secret';
export { rotateCredential } from './service/rotate-credential';
