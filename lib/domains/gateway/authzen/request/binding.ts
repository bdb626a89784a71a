/** What ties a request to the denial that it answers, and an approval to what was asked for. */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { readStatement, signStatement } from '@/lib/domains/identity/server';
import { derivedDataKey } from '@/lib/infra/crypto';
import { canonicalJson } from '@/lib/kernel/canonical';
import type { Snapshot } from '../../snapshot/snapshot';
import { RELEVANT } from '../agents';
import type { Decision, Evaluation } from '../schema';
import { requestProblem, unbound } from './problems';
import type { Denial } from './schema';

/** How long a denial can be answered with a request. */
const DENIAL_MS = 600_000;
const TOKEN_TYPE = 'authzen-denial+jwt';

/** Between whom a denial or an approval stands. */
export interface Parties {
  snapshot: Snapshot;
  issuer: string;
  /** The member or agent who asks. */
  requester: string;
}

export const endpointOf = (issuer: string) => `${issuer}/access/v1/requests`;

/** The text's binding_hash: base64url of SHA-256 over the RFC 8785 form of what an answer depends on. */
export function bindingHash({ subject, resource, action, context = {} }: Evaluation): string {
  const { act: _, ...properties } = subject.properties ?? {};
  const bound = {
    subject: subject.properties ? { ...subject, properties } : subject,
    resource,
    action,
    context: Object.fromEntries(
      RELEVANT.flatMap((name) => (Object.hasOwn(context, name) ? [[name, context[name]]] : [])),
    ),
  };
  return createHash('sha256').update(canonicalJson(bound)).digest('base64url');
}

/** The members that make a denial requestable. Nothing is stored: what they say is sealed in them. */
export function denialOf(
  parties: Parties,
  asked: Evaluation,
  now: number,
): Pick<NonNullable<Decision['context']>, 'evaluation_id' | 'evaluated_at' | 'access_request'> {
  const { issuer, requester, snapshot } = parties;
  const seconds = Math.ceil((now + DENIAL_MS) / 1_000);
  const expires = new Date(seconds * 1_000).toISOString();
  const hash = bindingHash(asked);
  const id = evaluationId(parties, { nonce: randomBytes(16), seconds, hash });
  const token = signStatement(TOKEN_TYPE, {
    iss: issuer,
    aud: endpointOf(issuer),
    sub: requester,
    iat: Math.floor(now / 1_000),
    exp: seconds,
    jti: id,
    evaluation_id: id,
    denial_expires_at: expires,
    binding_context_members: RELEVANT,
    binding_hash: hash,
    cst_ws: snapshot.workspace,
  });
  return {
    evaluation_id: id,
    evaluated_at: new Date(now).toISOString(),
    access_request: {
      endpoint: endpointOf(issuer),
      expires_at: expires,
      binding_token: token,
      display: {
        title: 'A person has to decide',
        description: 'Ask for an approval; Countersign holds it until its approvers have decided.',
      },
    },
  };
}

/**
 * The evaluation whose denial this is. Throws invalid_denial_binding unless it is of exactly
 * this, told to this requester, and expired_denial past its time.
 */
export function verifyDenial(
  parties: Parties,
  denial: Denial | undefined,
  asked: Evaluation,
  now: number,
): string {
  const { evaluation_id: id, binding_token: token } = denial ?? {};
  if (!denial || (id === undefined && token === undefined)) {
    throw unbound('Send back what the denied evaluation was answered with, as denial.');
  }
  const facts = [
    ...(token === undefined ? [] : [readToken(parties, token)]),
    ...(id === undefined ? [] : [readEvaluation(parties, id)]),
  ];
  const echoed = denial.expires_at ?? '';
  const hash = bindingHash(asked);
  const [first] = facts;
  if (!first || facts.some((one) => one?.hash !== hash || one.id !== first.id)) {
    throw unbound(
      'It does not bind to a denial of this subject, resource, action and context. Evaluate anew.',
    );
  }
  // The earlier of the two ends it: a caller may have kept it for less than it was told.
  if (now > Date.parse(echoed) || facts.some((one) => one === undefined || now > one.until)) {
    throw requestProblem('expired_denial', 'The denial has expired. Evaluate anew.');
  }
  if (facts.some((one) => one?.echoed !== undefined && one.echoed !== echoed)) {
    throw unbound('Send denial.expires_at as the denied evaluation was answered with it.');
  }
  return first.id;
}

interface Facts {
  id: string;
  hash: string;
  /** Epoch milliseconds. */
  until: number;
  /** The expires_at that was told with it, where that is known. */
  echoed?: string;
}

function readToken(parties: Parties, token: string): Facts | undefined {
  const claims = readStatement(TOKEN_TYPE, token);
  const ours =
    claims?.['iss'] === parties.issuer &&
    claims['aud'] === endpointOf(parties.issuer) &&
    claims['sub'] === parties.requester &&
    claims['cst_ws'] === parties.snapshot.workspace;
  if (!ours) return undefined;
  return {
    id: String(claims['evaluation_id']),
    hash: String(claims['binding_hash']),
    until: Number(claims['exp']) * 1_000,
    echoed: String(claims['denial_expires_at']),
  };
}

// An evaluation's id: a nonce of 16 bytes, 6 of the second it ends at, 32 of its hash, and a seal.
const SEALED = 16 + 6 + 32;
const SEAL = 24;

function evaluationId(
  parties: Parties,
  { nonce, seconds, hash }: { nonce: Buffer; seconds: number; hash: string },
): string {
  const end = Buffer.alloc(6);
  end.writeUIntBE(seconds, 0, 6);
  const said = Buffer.concat([nonce, end, Buffer.from(hash, 'base64url')]);
  return `eval_${Buffer.concat([said, seal(parties, said)]).toString('base64url')}`;
}

function readEvaluation(parties: Parties, id: string): Facts | undefined {
  const bytes = Buffer.from(id.slice('eval_'.length), 'base64url');
  if (bytes.length !== SEALED + SEAL) return undefined;
  const said = bytes.subarray(0, SEALED);
  if (!timingSafeEqual(bytes.subarray(SEALED), seal(parties, said))) return undefined;
  // One spelling only: another would be another denial to whoever counts its uses.
  if (id !== `eval_${bytes.toString('base64url')}`) return undefined;
  return {
    id,
    hash: said.subarray(22).toString('base64url'),
    until: said.readUIntBE(16, 6) * 1_000,
  };
}

/** Derived once a snapshot: a batch may have a thousand to seal. */
const keys = new WeakMap<Snapshot, Buffer>();

function keyOf(snapshot: Snapshot): Buffer {
  const known = keys.get(snapshot);
  if (known) return known;
  const key = derivedDataKey(snapshot.dataKey, snapshot.workspace, 'authzen evaluations');
  keys.set(snapshot, key);
  return key;
}

function seal({ snapshot, requester, issuer }: Parties, said: Buffer): Buffer {
  const key = keyOf(snapshot);
  const text = canonicalJson([issuer, requester, said.toString('base64url')]);
  return createHmac('sha256', key).update(text).digest().subarray(0, SEAL);
}
