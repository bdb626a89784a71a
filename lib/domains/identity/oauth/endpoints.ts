import {
  issueAccessToken,
  TOKEN_SCOPE,
  TOKEN_SECONDS,
  verifyAccessToken,
  type AccessToken,
} from '../token';
import { type Authority, type ProvenClient, withClient } from './client';
import { invalidRequest, OAuthError } from './errors';
import type { Form } from './form';
import { agentStateOf, credentialIsLive, revokeToken, tokenIsRevoked } from './store';

/** Refuses a token request that asks for what there is not, before any of it is done. */
export function checkGrant(form: Form, issuer: string): void {
  const grant = form.get('grant_type');
  if (grant === undefined) throw invalidRequest('grant_type is missing.');
  if (grant !== 'client_credentials') {
    throw new OAuthError('unsupported_grant_type', 'Only client_credentials is supported.');
  }
  if (form.resources.some((resource) => resource.replace(/\/+$/, '') !== issuer)) {
    throw new OAuthError('invalid_target', `The only resource here is ${issuer}.`);
  }
  const scopes = form.get('scope')?.split(' ') ?? [];
  if (scopes.some((scope) => scope !== TOKEN_SCOPE)) {
    throw new OAuthError('invalid_scope', `The only scope here is ${TOKEN_SCOPE}.`);
  }
}

/** Issues an access token (RFC 6749, section 4.4). */
export function grantToken(authority: Authority, proven: ProvenClient): Promise<object> {
  const { client, credential } = proven;
  return withClient(authority, proven, async (_tx, event) => {
    const issued = issueAccessToken(authority.issuer, {
      workspace: client.workspace,
      agentId: client.agentId,
      credentialId: credential.id,
    });
    await event({
      type: 'token.issued',
      object: { type: 'credential', id: credential.id },
      agent: client.agentId,
      data: { jti: issued.jti, method: proven.method, expires_at: issued.expiresAt.toISOString() },
    });
    return {
      access_token: issued.token,
      token_type: 'Bearer',
      expires_in: TOKEN_SECONDS,
      scope: TOKEN_SCOPE,
    };
  });
}

/** Revokes one of the client's own tokens (RFC 7009); an unknown one is no error. */
export function revokeOwn(authority: Authority, proven: ProvenClient, form: Form): Promise<void> {
  const token = readToken(form, authority.issuer);
  return withClient(authority, proven, async (tx, event) => {
    if (!token) return;
    if (token.agentId !== proven.client.agentId) {
      throw new OAuthError('invalid_grant', 'The token was issued to another client.');
    }
    const expiresAt = new Date(token.expiresAt);
    if (!(await revokeToken(tx, token.workspace, token.jti, expiresAt))) return;
    await event({
      type: 'token.revoked',
      object: { type: 'token', id: token.jti },
      agent: token.agentId,
      data: { expires_at: expiresAt.toISOString() },
    });
  });
}

/** Says whether one of the client's own tokens is live (RFC 7662); of others, only that it is not. */
export function introspectOwn(
  authority: Authority,
  proven: ProvenClient,
  form: Form,
): Promise<object> {
  const token = readToken(form, authority.issuer);
  return withClient(authority, proven, async (tx) => {
    const live =
      token !== undefined &&
      token.agentId === proven.client.agentId &&
      !(await tokenIsRevoked(tx, token.jti)) &&
      (await credentialIsLive(tx, token.credentialId)) &&
      ['active', 'probation'].includes(await agentStateOf(tx, token.agentId));
    if (!live) return { active: false };
    return {
      active: true,
      scope: token.scope,
      client_id: token.agentId,
      token_type: 'Bearer',
      sub: token.agentId,
      aud: authority.issuer,
      iss: authority.issuer,
      jti: token.jti,
      iat: token.issuedAt / 1_000,
      exp: token.expiresAt / 1_000,
    };
  });
}

function readToken(form: Form, issuer: string): AccessToken | undefined {
  const token = form.get('token');
  if (token === undefined) throw invalidRequest('token is missing.');
  try {
    return verifyAccessToken(token, issuer);
  } catch {
    // Whatever is wrong with it, it is no live token of ours; both RFCs answer alike.
    return undefined;
  }
}
