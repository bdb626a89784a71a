import { decodeJwt } from 'jose';
import { invalidClient, invalidRequest } from './errors';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const CLIENT_ID = /^agt_[0-9a-f-]{36}$/;

/** How a client says who it is, before anything of it is checked. */
export type Proof =
  | { method: 'client_secret_basic'; clientId: string; secret: string }
  | { method: 'private_key_jwt'; clientId: string; assertion: string };

/** Reads exactly one way of client authentication from a request. */
export function presentedProof(
  authorization: string | undefined,
  form: ReadonlyMap<string, string>,
): Proof {
  const assertion = form.get('client_assertion');
  const type = form.get('client_assertion_type');
  if (form.has('client_secret')) {
    throw invalidClient('client_secret_post is not supported. Send the secret in a Basic header.');
  }
  if (authorization !== undefined && (assertion !== undefined || type !== undefined)) {
    throw invalidRequest('Use one way of client authentication, not two.');
  }
  const proof = authorization === undefined ? byAssertion(assertion, type) : byBasic(authorization);
  const named = form.get('client_id');
  if (named !== undefined && named !== proof.clientId) {
    throw invalidRequest('client_id differs from the authenticated client.');
  }
  return proof;
}

function byBasic(authorization: string): Proof {
  const encoded = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(authorization)?.[1];
  if (encoded === undefined) throw invalidClient('The Authorization header is not a Basic one.');
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) throw invalidClient('The Basic header has no secret.');
  const clientId = formDecoded(text.slice(0, colon));
  const secret = formDecoded(text.slice(colon + 1));
  if (!CLIENT_ID.test(clientId)) throw invalidClient('The client is unknown.');
  return { method: 'client_secret_basic', clientId, secret };
}

// Both halves are form-encoded before they are joined (RFC 6749, 2.3.1).
function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw invalidClient('The Basic header is not form-encoded.');
  }
}

function byAssertion(assertion: string | undefined, type: string | undefined): Proof {
  if (assertion === undefined && type === undefined) {
    throw invalidClient('Authenticate with private_key_jwt or client_secret_basic.');
  }
  if (type !== ASSERTION_TYPE) {
    throw invalidRequest(`client_assertion_type must be ${ASSERTION_TYPE}.`);
  }
  if (assertion === undefined) throw invalidRequest('client_assertion is missing.');
  let subject: string | undefined;
  try {
    subject = decodeJwt(assertion).sub;
  } catch {
    throw invalidClient('The client assertion is not a JWT.');
  }
  if (subject === undefined || !CLIENT_ID.test(subject)) {
    throw invalidClient('The client is unknown.');
  }
  return { method: 'private_key_jwt', clientId: subject, assertion };
}
