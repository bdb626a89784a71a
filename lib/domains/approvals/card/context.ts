import type { Display } from '@/lib/domains/gateway';
import { narrowableIn } from '@/lib/domains/gateway/server';
import { maySeePayload } from '@/lib/domains/trail/server';
import type { Actor } from '@/lib/kernel/actor';
import { all, allow, deny, type Verdict } from '@/lib/kernel/verdict';
import { query } from '@/lib/kernel/verb';
import type { Tx } from '@/lib/infra/db';
import { displayIn, peopleOf } from '../people';
import { readApprovals } from '../policy';
import { type ApprovalRow, loadApproval } from '../repo';
import { ApprovalRef } from '../schema';
import { verdictOn } from '../view';
import { groundsOf } from './grounds';
import {
  earlierAmounts,
  namesOf,
  narrowableType,
  similarDecisions,
  sourceActions,
  sourceTypes,
} from './repo';
import { ApprovalContext } from './schema';
import { signsOf } from './signs/read';

const DAYS = 30;
const SIMILAR = 5;

/** What an approver weighs a held action against. */
export const contextOfApproval = query({
  name: 'approvals.context',
  input: ApprovalRef,
  output: ApprovalContext,
  permit: readApprovals,
  run: async ({ ctx, input, tx }) => {
    const row = await loadApproval(tx, input.id);
    const display = displayIn(row);
    const people = await peopleOf(tx, [row], ctx.actor);
    const decide = verdictOn(row, people, ctx.actor);
    const similar = await similarTo(tx, row, ctx.actor);
    const see = maySeePayload(ctx.actor, row.action);
    // All of the rest is told from the payload.
    if (!see.allowed) {
      const can = { narrow: see, ask: see, read_sources: see };
      return { evidence: [], history: noHistory, signs: [], similar, narrowable: [], can };
    }
    const evidence = await evidenceOf(tx, row, display);
    const type = await narrowableType(tx, row.action.type);
    const proposed = row.action.parameters as Record<string, unknown>;
    const narrowable = type ? narrowableIn(type, proposed) : [];
    const when = (condition: boolean, reason: string): Verdict =>
      all(decide, condition ? allow : deny(reason));
    const customer = customerOf(display);
    const history = await historyOf(tx, row, customer);
    return {
      evidence,
      history,
      signs: await signsOf(tx, { row, display, history, customer, type }),
      similar,
      narrowable,
      can: {
        narrow: when(narrowable.length > 0, 'Its action type lets nothing be made smaller.'),
        ask: when(
          row.questions.every(({ answer }) => answer !== null),
          'The agent has not answered the last question yet.',
        ),
        read_sources: when(
          evidence.some(({ origin }) => origin?.rereadable),
          'None of its sources can be read again.',
        ),
      },
    };
  },
});

export async function evidenceOf(tx: Tx, row: ApprovalRow, { evidence }: Display) {
  const refs = evidence.flatMap(({ ref }) => (ref.startsWith('act_') ? [ref] : []));
  const sources = await sourceActions(tx, row.action.agentId, refs);
  const types = await sourceTypes(
    tx,
    sources.map(({ type }) => type),
  );
  const byId = new Map(sources.map((source) => [source.id, source]));
  const byKey = new Map(types.map((type) => [type.key, type]));
  return evidence.map((item) => groundsOf(item, byId, byKey));
}

const noHistory = { days: DAYS, whole: true, agent: null, customer: null };

async function historyOf(tx: Tx, { action }: ApprovalRow, customer: string | null) {
  if (action.amount === null) return noHistory;
  const found = await earlierAmounts(tx, {
    ...{ agent: action.agentId, type: action.type, customer },
    since: new Date(action.createdAt.getTime() - DAYS * 86_400_000),
    before: action.createdAt,
  });
  return {
    ...{ days: DAYS, whole: found.whole },
    agent: found.agent,
    customer: customer === null ? null : { id: customer, ...found.customer },
  };
}

function customerOf({ parameters, session }: Display): string | null {
  return customerIn(parameters) ?? customerIn(session.attributes) ?? null;
}

function customerIn(record: Record<string, unknown>): string | undefined {
  const found = Object.hasOwn(record, 'customer_id') ? record['customer_id'] : undefined;
  return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined;
}

async function similarTo(tx: Tx, { action }: ApprovalRow, reader: Actor) {
  const of = {
    id: action.id,
    agent: action.agentId,
    type: action.type,
    amount: action.amount,
  };
  const rows = await similarDecisions(tx, of, SIMILAR);
  const names = await namesOf(
    tx,
    rows.map((row) => row.decided_by),
  );
  return rows.map((row) => ({
    ...{ id: row.id, status: row.status },
    ...(maySeePayload(reader, row).allowed
      ? { sentence: row.sentence, amount: row.amount }
      : { sentence: row.summary, amount: null }),
    ...{ decision: row.decision, narrowed: row.narrowed, at: row.decided_at.toISOString() },
    by: names.get(row.decided_by) ?? row.decided_by,
  }));
}
