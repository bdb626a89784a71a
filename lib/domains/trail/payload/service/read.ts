import type { Tx } from '@/lib/infra/db';
import { maskPii } from '@/lib/kernel/mask';
import { conflict, notFound, Problem } from '@/lib/kernel/problem';
import { query, verb } from '@/lib/kernel/verb';
import { maySearch } from '../../policy';
import { findEvent } from '../../repo';
import type { PayloadKey } from '../keys';
import { mayReadPayload } from '../policy';
import { findLiveKey } from '../repo';
import { openedPayload, payloadRef, payloadView, readPayloadInput } from '../schema';
import { openMember, type Sealed, sealedMembers } from '../seal';

/** What of an event is sealed and whether it can still be read, without reading it. */
export const getPayload = query({
  name: 'trail.payload',
  input: payloadRef,
  output: payloadView,
  permit: maySearch,
  run: async ({ ctx, input, tx }) => {
    const { members } = await sealedOf(ctx.workspace, input.id);
    const key = await keyOf(tx, members);
    return {
      id: input.id,
      members: [...members].map(([name, sealed]) => ({
        name,
        key: sealed.key,
        state: key && sealed.text !== undefined ? ('sealed' as const) : ('erased' as const),
      })),
      can: { read: mayReadPayload(ctx.actor) },
    };
  },
});

/**
 * Opens an event's payload. That it was read, by whom and why, is in the transaction that
 * precedes the answer. Throws 403 without the ability, 404, 409 `payload_not_protected`, and
 * 410 `payload_erased` once the key is destroyed.
 */
export const readPayload = verb({
  name: 'trail.read_payload',
  input: readPayloadInput,
  output: openedPayload,
  permit: mayReadPayload,
  run: async ({ ctx, input, tx, event }) => {
    const { read, members } = await sealedOf(ctx.workspace, input.id);
    if (members.size === 0) {
      throw conflict(
        'payload_not_protected',
        'Nothing of this event is sealed; the event itself shows all of it.',
      );
    }
    const key = await keyOf(tx, members);
    const opened = key && openAll(key, input.id, members);
    if (!opened) throw erased();
    event({
      type: 'trail.payload_read',
      object: { type: 'event', id: input.id },
      ...(read.agent === undefined ? {} : { agent: read.agent }),
      ...(read.session === undefined ? {} : { session: read.session }),
      ...(read.action === undefined ? {} : { action: read.action }),
      data: {
        reason: maskPii(input.reason),
        members: Object.keys(opened),
        key: [...members.values()][0]?.key,
      },
    });
    return { id: input.id, payload: opened };
  },
});

interface ReadEvent {
  id: string;
  time: string;
  workspace: string;
  classification?: string;
  agent?: string;
  session?: string;
  action?: string;
  data?: Record<string, unknown>;
}

async function sealedOf(workspace: string, id: string) {
  const row = await findEvent(workspace, id);
  if (!row?.body) throw notFound('event');
  const read = JSON.parse(row.body) as ReadEvent;
  return { read, members: sealedMembers(read) };
}

/** The one key of an event's members, or null when it is gone. */
async function keyOf(tx: Tx, members: ReadonlyMap<string, Sealed>): Promise<PayloadKey | null> {
  const [first] = members.values();
  return first ? findLiveKey(tx, first.key) : null;
}

function openAll(
  { key }: PayloadKey,
  id: string,
  members: ReadonlyMap<string, Sealed>,
): Record<string, unknown> | undefined {
  const readable = [...members].flatMap(([name, { text }]) =>
    text === undefined ? [] : [[name, text] as const],
  );
  if (readable.length === 0) return undefined;
  try {
    return Object.fromEntries(
      readable.map(([name, text]) => [name, openMember(key, id, name, text)]),
    );
  } catch {
    throw conflict(
      'payload_unreadable',
      'The payload does not open with its key: it is not what was sealed. Verify the trail.',
    );
  }
}

function erased(): Problem {
  return new Problem({
    status: 410,
    code: 'payload_erased',
    title: 'Erased',
    detail: 'The key of this payload was destroyed, so it can never be read again.',
  });
}
