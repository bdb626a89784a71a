/**
 * What a journey needs and no person can do: `fill` writes a hundred thousand old events, as
 * deeds of 2018 would have, and `retain` runs the retention job now. Run as a program of its
 * own beside the product, with the product's data directory.
 */
import pg from 'pg';
import { z } from 'zod';
import '@/lib/domains/access/server';
import { trailJobs } from '@/lib/domains/trail/server';
import { roleUrl } from '@/lib/infra/db-roles';
import { newId } from '@/lib/kernel/ids';

const Task = z.discriminatedUnion('task', [
  z.object({ task: z.literal('fill'), workspace: z.string(), word: z.string() }),
  z.object({ task: z.literal('retain'), workspace: z.string() }),
]);

const EVENTS = 100_000;
const CHUNK = 10_000;
const DAY_MS = 86_400_000;
const FIRST_DAY = Date.parse('2018-01-01T06:00:00Z');
const PER_DAY = 1_000;
/** The one that the journey looks for, on the fiftieth day. */
const NEEDLE = 49 * PER_DAY + 123;

const task = Task.parse(JSON.parse(process.argv[2] ?? ''));
if (task.task === 'fill') await fill(task.workspace, task.word);
else await trailJobs.find(({ name }) => name === 'trail.expire')?.perform(task.workspace, {});
process.exit(0);

function event(workspace: string, at: number, word: string) {
  const needle = at === NEEDLE;
  const amount = needle ? 412.07 : 20 + (at % 300);
  const day = FIRST_DAY + Math.floor(at / PER_DAY) * DAY_MS;
  return {
    id: newId('evt'),
    time: new Date(day + (at % PER_DAY) * 40_000).toISOString(),
    workspace,
    type: 'action.decided',
    actor: { type: 'agent', id: 'agt_0162c3a0-0000-7000-8000-000000000001' },
    object: { type: 'action_type', id: 'refunds.create' },
    action: newId('act'),
    outcome: needle ? 'hold' : 'allow',
    tier: needle ? 3 : 1,
    classification: needle ? 'Confidential' : 'Internal',
    data: {
      summary: `Refund of $${amount} for order #${30_000 + at}${needle ? `, ${word}` : ''}`,
      why: 'The customer sent it back within 30 days',
      parameters: { amount, currency: 'USD', order_id: String(30_000 + at) },
    },
  };
}

async function fill(workspace: string, word: string): Promise<void> {
  const client = new pg.Client({ connectionString: roleUrl('countersign_app') });
  await client.connect();
  for (let from = 0; from < EVENTS; from += CHUNK) {
    const events = Array.from({ length: CHUNK }, (_, at) => event(workspace, from + at, word));
    await client.query('BEGIN');
    await client.query(`SELECT set_config('countersign.workspace', $1, true)`, [workspace]);
    await client.query(
      `INSERT INTO outbox (id, workspace_id, event)
       SELECT id, $1, event FROM unnest($2::text[], $3::text[]) AS given (id, event)`,
      [workspace, events.map(({ id }) => id), events.map((each) => JSON.stringify(each))],
    );
    await client.query('COMMIT');
    // The gateway refuses new actions when too much waits for the trail.
    while ((await backlog(client)) > CHUNK) await client.query('SELECT pg_sleep(0.2)');
  }
  while ((await backlog(client)) > 500) await client.query('SELECT pg_sleep(0.2)');
  await client.end();
}

async function backlog(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ events: string }>(
    'SELECT events FROM outbox_backlog(200000)',
  );
  return Number(rows[0]?.events ?? 0);
}
