import { canonicalJson } from '@/lib/kernel/canonical';
import { verifyAssertionOffline } from './assertion';
import { Refusal } from './refusal';

const APPROVALS = new Set(['approval.approved', 'approval.signed']);
const REGISTERED = 'member.passkey_registered';
const REMOVED = 'member.passkey_removed';

type Json = Record<string, unknown>;

/** A passkey as the event of its registration says it. */
interface Registered {
  member: unknown;
  key: string;
  party: unknown;
}

/** The passkey signatures in the events of one pass, in their order. */
export class Signatures {
  readonly #whole: boolean;
  readonly #passkeys = new Map<unknown, Registered>();
  /** Of the approvals that were found signed by passkey, and well. */
  count = 0;

  /** `whole`: every event is read, so that each passkey's registration must be among them. */
  constructor(whole: boolean) {
    this.#whole = whole;
  }

  take(event: Json): void {
    const { type } = event;
    if (typeof type !== 'string') return;
    if (APPROVALS.has(type)) return this.#check(event);
    if (!this.#whole) return;
    const data = recordOf(event['data']);
    if (type === REMOVED) this.#passkeys.delete(data['credential_id']);
    if (type !== REGISTERED) return;
    this.#passkeys.set(data['credential_id'], {
      member: recordOf(event['actor'])['id'],
      key: canonicalJson(data['public_key'] ?? null),
      party: data['rp_id'],
    });
  }

  #check(event: Json): void {
    const { assertion, display_digest: displayDigest } = recordOf(event['data']);
    if (assertion === undefined || assertion === null) return;
    const wrong =
      verifyAssertionOffline(assertion, {
        digest: String(event['digest']),
        displayDigest: String(displayDigest),
      }) ?? (this.#whole ? this.#unbound(event, recordOf(assertion)) : null);
    if (wrong !== null) {
      throw new Refusal(`The passkey's signature under this approval does not hold: ${wrong}.`);
    }
    this.count += 1;
  }

  #unbound(event: Json, assertion: Json): string | null {
    const passkey = this.#passkeys.get(assertion['credential_id']);
    const actor = recordOf(event['actor']);
    if (actor['type'] !== 'member') return 'it is not under the approval of a member';
    if (!passkey) return 'no member had registered that passkey by then, or it was removed before';
    if (passkey.member !== actor['id']) return 'another member had registered that passkey';
    if (passkey.key !== canonicalJson(assertion['public_key'] ?? null)) {
      return 'the passkey was registered with another key';
    }
    return passkey.party === assertion['rp_id']
      ? null
      : 'the passkey was registered for another site';
  }
}

function recordOf(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}
