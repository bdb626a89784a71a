import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@/lib/kernel/ids';
import { type ActionStatus, actionStatuses, isFinal, mayMove, sourcesOf } from './state';
import { makeWorld, type World } from './test/world';

let world: World;

beforeAll(async () => {
  world = await makeWorld();
});

afterAll(() => world.close());

async function pending(): Promise<string> {
  const id = newId('act');
  await world.owner.query(
    `INSERT INTO actions (id, workspace_id, agent_id, session_id, type, parameters, summary, why, evidence, untrusted,
       decision, tier, reasons, permissions, policy_version, digest, status, idempotency_key, request_hash, created_at)
     VALUES ($1, $2, 'agt', 'ses', 't', '{}', 's', 'w', '[]', '[]', 'hold', 3, '[]', '{}', 'p', 'd', 'pending', $1, 'h', now())`,
    [id, world.workspace],
  );
  return id;
}

/** The move as every mover makes it: one conditional update. */
async function move(id: string, to: ActionStatus): Promise<boolean> {
  const { rowCount } = await world.owner.query(
    'UPDATE actions SET status = $2 WHERE id = $1 AND status = ANY ($3)',
    [id, to, sourcesOf(to)],
  );
  return rowCount === 1;
}

describe('the state machine', () => {
  it('leads from pending to every state but denied, and out of no final one', () => {
    const reached = new Set<ActionStatus>(['pending']);
    for (const from of reached)
      for (const to of actionStatuses) if (mayMove(from, to)) reached.add(to);
    expect([...actionStatuses].filter((status) => !reached.has(status))).toEqual(['denied']);
    for (const from of actionStatuses.filter(isFinal)) {
      for (const to of actionStatuses) expect(mayMove(from, to)).toBe(false);
    }
  });

  it('lets concurrent movers win one step at a time, along the table', async () => {
    const movers = fc.array(fc.constantFrom<ActionStatus>(...actionStatuses), {
      minLength: 1,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(movers, async (wanted) => {
        const id = await pending();
        const won = await Promise.all(
          wanted.map(async (to) => ((await move(id, to)) ? to : undefined)),
        );
        const { rows } = await world.owner.query('SELECT status FROM actions WHERE id = $1', [id]);
        const taken = won.filter((to) => to !== undefined);
        // The winners, in some order, are a walk of the table that ends where the row is.
        expect(new Set(taken).size).toBe(taken.length);
        let at: ActionStatus = 'pending';
        const left = new Set(taken);
        while (left.size > 0) {
          const next = [...left].find((to) => mayMove(at, to));
          expect(next).toBeDefined();
          if (!next) break;
          left.delete(next);
          at = next;
        }
        expect(rows[0].status).toBe(at);
      }),
      { numRuns: 40 },
    );
  });
});
