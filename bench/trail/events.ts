/** Events like those of a working day, as the outbox has them. */
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { newId } from '@/lib/kernel/ids';

const reasons = [
  'The customer reported a defective item and the order is within the 30-day return window',
  'The parcel was lost by the carrier, whose tracking ends in a sorting centre',
  'The invoice was paid twice and the second payment has not been matched',
  'The subscription was cancelled before the renewal and the renewal was charged all the same',
];

/** One decision or outcome, as the three columns of an outbox row. */
export function outboxEvent(workspace: string, at: number): string[] {
  const id = newId('evt');
  const amount = (at * 37) % 900;
  const order = String(10_000 + ((at * 7_919) % 90_000));
  const decided = at % 2 === 0;
  const event = {
    id,
    time: new Date().toISOString(),
    workspace,
    type: decided ? 'action.decided' : 'action.succeeded',
    actor: { type: 'agent', id: `agt_0190c3a0-0000-7000-8000-00000000000${at % 8}` },
    session: newId('ses'),
    action: newId('act'),
    object: { type: 'action_type', id: at % 3 === 0 ? 'refunds.create' : 'orders.read' },
    outcome: decided ? (at % 11 === 0 ? 'hold' : 'allow') : 'succeeded',
    tier: at % 11 === 0 ? 3 : 1,
    classification: 'Internal',
    policy_version: '4f0f8d7b8a5c4ee1',
    digest: `sha256:${'0123456789abcdef'.repeat(4)}`,
    data: decided
      ? {
          parameters: { order_id: order, amount, currency: 'USD', customer_id: `C-${at % 5_000}` },
          summary: `Process refund of $${amount} for order #${order}`,
          why: reasons[at % reasons.length],
          reasons: [
            { code: 'permitted', message: 'Allowed by the role Refunds, tier 1 up to 100' },
          ],
          permissions: ['prm_0190c3a0-0000-7000-8000-000000000001'],
          tool: 'orders',
          evidence: [{ title: `Order ${order}`, source: 'orders.read', ref: 'act_1' }],
        }
      : {
          duration_ms: at % 200,
          response_status: 200,
          result: { refund_id: `re_${at}`, order_id: order, amount, state: 'done' },
        },
  };
  return [id, workspace, JSON.stringify(event)];
}

/** COPYs `count` rows of text columns into `table (columns)`. */
export async function fill(
  client: pg.Client,
  table: string,
  count: number,
  row: (at: number) => readonly string[],
): Promise<void> {
  const escape = (text: string) =>
    text.replaceAll(/[\\\t\n\r]/g, (character) => escapes[character] ?? character);
  function* lines() {
    for (let at = 0; at < count; at += 1) yield `${row(at).map(escape).join('\t')}\n`;
  }
  await pipeline(Readable.from(lines()), client.query(copyFrom(`COPY ${table} FROM STDIN`)));
}

const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
