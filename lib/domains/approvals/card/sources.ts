import { Display } from '@/lib/domains/gateway';
import { readAgain } from '@/lib/domains/gateway/server';
import { takeAttempt } from '@/lib/infra/rate-limit';
import { canonicalJson } from '@/lib/kernel/canonical';
import { clock } from '@/lib/kernel/clock';
import { conflict, Problem } from '@/lib/kernel/problem';
import { permitted, verb } from '@/lib/kernel/verb';
import type { Tx } from '@/lib/infra/db';
import { peopleOf } from '../people';
import { decideApprovals } from '../policy';
import { type ApprovalRow, loadApproval } from '../repo';
import { ApprovalRef } from '../schema';
import { verdictOn } from '../view';
import { eventOn } from './event';
import { isRereadable } from './grounds';
import { sourceActions, type SourceRow, sourceTypes } from './repo';
import { ReadAgain } from './schema';

/** Looks at one held action, by everyone together. */
const looks = { name: 'approval-sources', points: 6, seconds: 60 };
const MOST_SOURCES = 5;

/**
 * Reads again what a held action rests on, for whoever may decide it: the recorded reads of its
 * agent that its evidence names, with their parameters, at the tool, with the credential of the
 * vault. What is not a pure read is never repeated. The event is there before anything is sent;
 * what comes is handled by its classification, answered, and kept nowhere.
 */
export const readSources = verb({
  name: 'approvals.read_sources',
  input: ApprovalRef,
  output: ReadAgain,
  permit: decideApprovals,
  run: async ({ ctx, input, tx, event, after }) => {
    const row = await loadApproval(tx, input.id);
    const people = await peopleOf(tx, [row], ctx.actor);
    permitted(verdictOn(row, people, ctx.actor));
    const sources = await rereadable(tx, row);
    if (sources.length === 0) {
      throw conflict('nothing_to_read', 'None of its sources can be read again.');
    }
    const wait = await takeAttempt(looks, row.actionId);
    if (wait > 0) throw tooMany(wait);
    for (const source of sources) {
      event(eventOn(row, 'approval.source_read', { source: source.id, action_type: source.type }));
    }
    const items: ReadAgain['items'] = [];
    // Its events have been committed by then; the answer waits for it.
    after(async () => {
      items.push(
        ...(await Promise.all(sources.map((source) => again(ctx.workspace, row, source)))),
      );
    });
    return { items };
  },
});

async function rereadable(tx: Tx, row: ApprovalRow): Promise<SourceRow[]> {
  const { evidence } = Display.parse(row.display);
  const refs = new Set(evidence.flatMap(({ ref }) => (ref.startsWith('act_') ? [ref] : [])));
  const sources = await sourceActions(tx, row.action.agentId, [...refs]);
  const types = await sourceTypes(
    tx,
    sources.map(({ type }) => type),
  );
  const byKey = new Map(types.map((type) => [type.key, type]));
  return sources
    .filter(({ status, result, type }) => {
      return status === 'succeeded' && result !== null && isRereadable(byKey.get(type));
    })
    .slice(0, MOST_SOURCES);
}

async function again(
  workspace: string,
  row: ApprovalRow,
  source: SourceRow,
): Promise<ReadAgain['items'][number]> {
  const read = await readAgain(workspace, {
    agent: row.action.agentId,
    type: source.type,
    parameters: source.parameters as Record<string, unknown>,
  });
  const failed = read.outcome !== 'succeeded';
  const after = failed ? null : (read.result ?? null);
  return {
    action: source.id,
    type: source.type,
    read_at: clock.now().toISOString(),
    changed: !failed && canonicalJson(after) !== canonicalJson(source.result),
    before: source.result,
    after,
    error: failed ? (read.error?.message ?? 'It could not be read.') : null,
  };
}

function tooMany(seconds: number): Problem {
  return new Problem({
    status: 429,
    code: 'limit_rate',
    title: 'Too many looks',
    detail: `Its sources were read several times in the last minute. Try again in ${seconds} seconds.`,
    headers: { 'Retry-After': String(seconds) },
  });
}
