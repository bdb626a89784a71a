/** The gateway's OAuth routes in its OpenAPI document (RFC 6749, 7009, 7662, 8414, 9728). */
import { z } from 'zod';
import { content, type Json, schema } from './openapi-parts';

const client = {
  client_assertion_type: z
    .literal('urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    .optional(),
  /** A JWT signed with the agent's key (RFC 7523); without one, HTTP Basic with the secret. */
  client_assertion: z.string().optional(),
};
const TokenRequest = z.object({
  grant_type: z.literal('client_credentials'),
  scope: z.string().optional(),
  resource: z.string().optional(),
  ...client,
});
const Token = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.number().int(),
  scope: z.string(),
});
const AboutToken = z.object({
  token: z.string(),
  token_type_hint: z.string().optional(),
  ...client,
});
const Introspection = z.object({
  active: z.boolean(),
  scope: z.string().optional(),
  client_id: z.string().optional(),
  token_type: z.string().optional(),
  sub: z.string().optional(),
  aud: z.string().optional(),
  iss: z.string().optional(),
  jti: z.string().optional(),
  iat: z.number().optional(),
  exp: z.number().optional(),
});
const OAuthProblem = z.object({ error: z.string(), error_description: z.string() });
const ServerMetadata = z.looseObject({ issuer: z.string(), token_endpoint: z.string() });
const ResourceMetadata = z.looseObject({
  resource: z.string(),
  authorization_servers: z.array(z.string()),
});
const KeySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

const refused = Object.fromEntries(
  Object.entries({
    400: 'Not a valid request, grant, scope or resource',
    401: 'The client is not proven',
    413: 'Larger than 64 kB',
    415: 'Not application/x-www-form-urlencoded',
    429: 'Too many failures; see Retry-After',
    503: 'Nothing was done; see Retry-After',
  }).map(([status, description]) => [status, { description, ...content('OAuthProblem') }]),
);

const form = (summary: string, request: string, good: Json): Json => ({
  post: {
    summary,
    // Without a client_assertion; with one, nothing else is needed.
    security: [{ client_secret: [] }, {}],
    requestBody: { required: true, ...content(request, 'application/x-www-form-urlencoded') },
    responses: { 200: good, ...refused },
  },
});
const known = (summary: string, answer: string): Json => ({
  get: { summary, security: [], responses: { 200: { description: summary, ...content(answer) } } },
});

export const oauthPaths: Json = {
  '/.well-known/oauth-authorization-server': known(
    'How tokens are had (RFC 8414)',
    'ServerMetadata',
  ),
  '/.well-known/oauth-protected-resource': known(
    'Whose tokens count (RFC 9728)',
    'ResourceMetadata',
  ),
  '/.well-known/jwks.json': known('Keys that tokens are signed with', 'KeySet'),
  '/oauth/token': form('Get an access token', 'TokenRequest', {
    description: 'The token',
    ...content('Token'),
  }),
  '/oauth/revoke': form('End a token of one’s own', 'AboutToken', { description: 'It has ended' }),
  '/oauth/introspect': form('Whether a token of one’s own is live', 'AboutToken', {
    description: 'What it is',
    ...content('Introspection'),
  }),
};

export const oauthSchemas: Json = {
  TokenRequest: schema(TokenRequest, 'input'),
  Token: schema(Token),
  AboutToken: schema(AboutToken, 'input'),
  Introspection: schema(Introspection),
  OAuthProblem: schema(OAuthProblem),
  ServerMetadata: schema(ServerMetadata),
  ResourceMetadata: schema(ResourceMetadata),
  KeySet: schema(KeySet),
};
