import pg from 'pg';
import { closeDb } from '@/lib/infra/db';
import { ownerUrl } from '@/lib/infra/db-roles';
import { closeTrailDb } from '@/lib/infra/trail-db';
import type { Context } from '@/lib/kernel/context';
import type { NewEvent } from '@/lib/kernel/event';
import { findEvent, reading } from '../../repo';
import { memberContext } from '../../test/world';

/** The control database's owner, who sees every workspace; `close` ends all connections of a suite. */
export async function openWorld() {
  const owner = new pg.Client({ connectionString: ownerUrl('control') });
  await owner.connect();
  return {
    owner,
    /** The id of the key of a month and classification; empty when there is none. */
    keyIdOf: async (workspace: string, month = '2025-11', classification = 'Confidential') => {
      const { rows } = await owner.query<{ id: string }>(
        'SELECT id FROM trail_keys WHERE workspace_id = $1 AND month = $2 AND classification = $3',
        [workspace, month, classification],
      );
      return rows[0]?.id ?? '';
    },
    close: async () => {
      await owner.end();
      await closeTrailDb();
      await closeDb();
    },
  };
}

/** An event with personal data everywhere and a word, zanzibar, in its payload only. */
export const secretive: NewEvent = {
  type: 'action.decided',
  object: { type: 'action_type', id: 'refunds.create' },
  outcome: 'allow',
  classification: 'Confidential',
  data: {
    summary: 'Refund for jane@example.com',
    why: 'She called from +44 20 7946 0958',
    reasons: [{ code: 'x', message: 'card 4111 1111 1111 1111' }],
    parameters: { note: 'zanzibar jane@example.com', amount: 750 },
    evidence: [{ title: 'Order of Jane' }],
  },
};
/** The same where nothing is protected. */
export const plain: NewEvent = { ...secretive, classification: 'Internal' };
export const NOVEMBER = '2025-11-21T22:16:35.123Z';

export function at(time: string, event: NewEvent): NewEvent {
  return { ...event, time } as NewEvent;
}

export async function bodyOf(workspace: string, id: string): Promise<string> {
  return (await findEvent(workspace, id))?.body ?? '';
}

/** A member with these roles who may read protected payloads. */
export function reader(workspace: string, ...roles: string[]): Context {
  const ctx = memberContext(workspace, ...roles);
  if (ctx.actor.type !== 'member') throw new Error('not a member');
  return { ...ctx, actor: { ...ctx.actor, abilities: ['trail.payload'] } };
}

/** What stands in the index for an event. */
export async function indexOf(workspace: string, id: string): Promise<string> {
  return reading(workspace, async (client) => {
    const { rows } = await client.query<{ search: string }>(
      'SELECT search::text FROM events WHERE workspace_id = $1 AND id = $2',
      [workspace, id],
    );
    return rows[0]?.search ?? '';
  });
}
