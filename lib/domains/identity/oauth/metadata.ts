import { TOKEN_SCOPE } from '../token';

const authentication = {
  methods: ['private_key_jwt', 'client_secret_basic'],
  algorithms: ['EdDSA', 'Ed25519', 'ES256', 'RS256'],
};

/** RFC 8414 authorization server metadata. */
export function serverMetadata(issuer: string): Record<string, unknown> {
  return {
    issuer,
    token_endpoint: `${issuer}/oauth/token`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    revocation_endpoint: `${issuer}/oauth/revoke`,
    introspection_endpoint: `${issuer}/oauth/introspect`,
    grant_types_supported: ['client_credentials'],
    response_types_supported: [],
    scopes_supported: [TOKEN_SCOPE],
    token_endpoint_auth_methods_supported: authentication.methods,
    token_endpoint_auth_signing_alg_values_supported: authentication.algorithms,
    revocation_endpoint_auth_methods_supported: authentication.methods,
    revocation_endpoint_auth_signing_alg_values_supported: authentication.algorithms,
    introspection_endpoint_auth_methods_supported: authentication.methods,
    introspection_endpoint_auth_signing_alg_values_supported: authentication.algorithms,
    protected_resources: [issuer],
  };
}

/** RFC 9728 protected resource metadata: the gateway is its own resource. */
export function resourceMetadata(issuer: string): Record<string, unknown> {
  return {
    resource: issuer,
    authorization_servers: [issuer],
    scopes_supported: [TOKEN_SCOPE],
    bearer_methods_supported: ['header'],
    resource_name: 'Countersign gateway',
  };
}
