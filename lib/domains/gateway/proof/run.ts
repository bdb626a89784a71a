import { setImmediate as pause } from 'node:timers/promises';
import {
  lastVersion,
  loadDraft,
  outcomeOf,
  type PolicyDocument,
  type ProofResult,
} from '@/lib/domains/access/server';
import { inWorkspace, type Prisma, type Tx } from '@/lib/infra/db';
import { inTenant, type Pool } from '@/lib/infra/pg';
import { openSolver } from '@/lib/infra/z3/solver';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { currentParts, type Named, partsWith } from '../replay/parts';
import type { Parts } from '../snapshot/rows';
import { buildSnapshot, type Snapshot } from '../snapshot/snapshot';
import { Evaluator } from './confirm';
import { agentsOf } from './kinds';
import { type Ask, proveType, type Sides } from './prove';

/** What one question to Z3 may take. */
const QUESTION_MS = 10_000;
/** What a proof may take in all; what is left by then is undecided. */
const ALL_MS = 900_000;
/** How often it is looked whether it was cancelled. */
const LOOK_MS = 1_000;

/** How long a proof took, and how often Z3 was asked. */
export interface Proved {
  ms: number;
  questions: number;
}

/**
 * Carries a queued proof out: its progress is in its row, and it stops when the row says that
 * it is cancelled. Safe to run twice; a second run begins again.
 */
export async function runProof(pool: Pool, ctx: Context, id: string): Promise<Proved> {
  const started = performance.now();
  const change = (data: Prisma.PolicyProofUpdateManyMutationInput) =>
    inWorkspace(ctx.workspace, (tx) => changeRunning(tx, id, data));
  const solver = openSolver();
  let questions = 0;
  let stopped = false;
  // A question may take long; ending the solver ends it.
  const look = setInterval(() => {
    change({})
      .then((running) => {
        stopped ||= !running;
        return stopped ? solver.close() : undefined;
      })
      // A database that does not answer for a while is no reason to stop.
      .catch(() => undefined);
  }, LOOK_MS);
  const ask = once(async (script) => {
    if (stopped || performance.now() - started > ALL_MS) return { verdict: 'unknown', model: '' };
    questions += 1;
    return solver.ask(script, QUESTION_MS);
  });
  try {
    const document = await inWorkspace(ctx.workspace, (tx) => begin(tx, id));
    if (!document) return { ms: performance.now() - started, questions };
    const sides = sidesOf(await inTenant(pool, ctx.workspace, currentParts), document, ask);
    const result = await proveAll(sides, async (done, total) => {
      stopped ||= !(await change({ done, total }));
      return !stopped;
    });
    if (result) {
      await change({
        status: 'done',
        result: result satisfies object as unknown as Prisma.InputJsonObject,
        finishedAt: clock.now(),
      });
    }
    return { ms: performance.now() - started, questions };
  } catch (error) {
    await change({
      status: 'failed',
      error: 'It could not be carried out. Start it again.',
      finishedAt: clock.now(),
    });
    throw error;
  } finally {
    clearInterval(look);
    await solver.close();
  }
}

/** Kinds of agents that differ in what does not matter make the same question. */
function once(ask: Ask): Ask {
  const known = new Map<string, ReturnType<Ask>>();
  return (script) => {
    const answer = known.get(script) ?? ask(script);
    known.set(script, answer);
    return answer;
  };
}

/** The document that publishing the draft would make hold; undefined when nobody waits for it. */
async function begin(tx: Tx, id: string): Promise<PolicyDocument | undefined> {
  const row = await tx.policyProof.findUnique({ where: { id } });
  if (!row) return undefined;
  const draft = await loadDraft(tx, row.draftId);
  const version = (await lastVersion(tx))?.number ?? 0;
  const { count } = await tx.policyProof.updateMany({
    where: { id, status: { in: ['queued', 'running'] } },
    data: { status: 'running', done: 0, revision: draft.revision, version },
  });
  return count === 1 ? (await outcomeOf(tx, draft)).document : undefined;
}

/** False when it has been cancelled meanwhile. */
async function changeRunning(
  tx: Tx,
  id: string,
  data: Prisma.PolicyProofUpdateManyMutationInput,
): Promise<boolean> {
  const { count } = await tx.policyProof.updateMany({ where: { id, status: 'running' }, data });
  return count === 1;
}

/** What holds and what would, without rates and amounts a day: they are no part of a proof. */
function sidesOf(parts: Named, document: PolicyDocument, ask: Ask): Sides {
  const drafted = partsWith(parts, document);
  const [before, after] = [parts, drafted].map(withoutLimits);
  if (!before || !after) throw new Error('a side is missing');
  const roles = new Map(drafted.agentRoles.map(({ role_id: id, role_name: name }) => [id, name]));
  for (const [id, name] of parts.roleNames) roles.set(id, name);
  const permissions = [...parts.permissions, ...drafted.permissions];
  const roleOf = new Map(permissions.map(({ id, role_id: role }) => [id, roles.get(role)]));
  return {
    before,
    after,
    evaluator: new Evaluator(before, after),
    groups: agentsOf(before, after),
    ask,
    now: clock.now().getTime(),
    roleOf: (permission) => roleOf.get(permission),
  };
}

function withoutLimits(parts: Parts): Snapshot {
  return { ...buildSnapshot(parts), limits: new Map() };
}

/**
 * All action types, one after the other. `tell` says how many are done, and false ends it:
 * then there is no result.
 */
async function proveAll(
  sides: Sides,
  tell: (done: number, total: number) => Promise<boolean>,
): Promise<ProofResult | undefined> {
  const keys = [...sides.before.actionTypes.keys()].toSorted();
  const open: ProofResult['open'] = [];
  let kinds = 0;
  let told = 0;
  for (const [index, actionType] of keys.entries()) {
    const now = performance.now();
    if (now - told > LOOK_MS / 2) {
      told = now;
      if (!(await tell(index, keys.length))) return undefined;
    }
    const { kinds: here, ...found } = await proveType(sides, actionType);
    kinds = Math.max(kinds, here);
    const { allowed, runs } = found;
    if (allowed.verdict !== 'proved' || runs.verdict !== 'proved')
      open.push({ actionType, ...found });
    await pause();
  }
  if (!(await tell(keys.length, keys.length))) return undefined;
  const agents = sides.groups.reduce((sum, group) => sum + group.length, 0);
  return { agents, kinds, actionTypes: keys.length, open };
}
