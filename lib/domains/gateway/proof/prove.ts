/** Proves of one action type that a draft widens nothing, or finds a request that shows that it does. */
import type { ProofFinding } from '@/lib/domains/access/server';
import { logger } from '@/lib/infra/logger';
import type { Solved } from '@/lib/infra/z3/solver';
import { canonicalJson } from '@/lib/kernel/canonical';
import { acceptable, type Evaluator, type Statement } from './confirm';
import { formulaOf, type Unknown } from './formula';
import { type AgentKind, kindsFor, type Pair, sameAgent, sameType, type TypePair } from './kinds';
import { valuesOf } from './model';
import { type Detail, OpenRequest } from './request';
import { and, no, not, type Term } from './term';
import type { Snapshot } from '../snapshot/snapshot';

/** Asks Z3. */
export type Ask = (script: string) => Promise<Solved>;

export interface Sides {
  before: Snapshot;
  after: Snapshot;
  evaluator: Evaluator;
  /** Agents that may act, those with the same roles and standing together. */
  groups: readonly Pair[][];
  ask: Ask;
  /** Epoch milliseconds from which on the times are. */
  now: number;
  /** Roles by the ids of their permissions, for words. */
  roleOf: (permission: string) => string | undefined;
}

export interface TypeProof {
  kinds: number;
  allowed: ProofFinding;
  runs: ProofFinding;
}

const proved: ProofFinding = { verdict: 'proved', example: null, why: [] };
const weight = { proved: 0, undecided: 1, refuted: 2 };

/** @param key of an action type that both sides have */
export async function proveType(sides: Sides, key: string): Promise<TypeProof> {
  const before = sides.before.actionTypes.get(key);
  const after = sides.after.actionTypes.get(key);
  if (!before || !after) return { kinds: 0, allowed: proved, runs: proved };
  const type = { before, after };
  const kinds = kindsFor(type, sides.groups);
  const same = sameType(type);
  const sameFloors = canonicalJson(sides.before.floors) === canonicalJson(sides.after.floors);
  const found: Record<Statement, ProofFinding> = { allowed: proved, runs: proved };
  for (const kind of kinds) {
    if (same && sameFloors && sameAgent(kind)) continue;
    const question = questionOf(sides, type, kind);
    for (const statement of ['allowed', 'runs'] as const) {
      if (found[statement].verdict === 'refuted') continue;
      const one = await settle(sides, type, kind, question, statement);
      if (weight[one.verdict] > weight[found[statement].verdict]) found[statement] = one;
    }
  }
  return { kinds: kinds.length, ...found };
}

interface QuestionOf {
  request: OpenRequest;
  /** What a counterexample to each statement is. */
  wanted: Record<Statement, Term>;
  unknown: readonly Unknown[];
}

function questionOf(sides: Sides, type: TypePair, kind: AgentKind): QuestionOf {
  const request = new OpenRequest(type.before, sides.now);
  const old = formulaOf(request, sides.before, kind.before, type.before);
  const next = formulaOf(request, sides.after, kind.after, type.after);
  return {
    request,
    wanted: {
      allowed: and(next.allowed, not(old.allowed)),
      runs: and(next.runs, old.allowed, not(old.runs)),
    },
    unknown: [...old.unknown, ...next.unknown],
  };
}

async function settle(
  sides: Sides,
  type: TypePair,
  kind: AgentKind,
  { request, wanted, unknown }: QuestionOf,
  statement: Statement,
): Promise<ProofFinding> {
  const term = wanted[statement];
  if (term === no) return proved;
  const ask = (detail: Detail) => sides.ask(request.script(term, detail));
  const { verdict } = await ask('proof');
  if (verdict === 'unsat') return proved;
  if (verdict === 'unknown') return undecided(['There was no answer in time.']);
  let impossible = false;
  for (const detail of ['plain', 'known', 'shape'] as const) {
    const { verdict: found, model } = await ask(detail);
    if (found === 'unsat' && detail === 'shape') return proved;
    const facts = found === 'sat' ? request.request(valuesOf(model)) : undefined;
    if (!facts) continue;
    const example = sides.evaluator.confirm(statement, kind, type, facts, request.timed);
    if (example) return { verdict: 'refuted', example, why: [] };
    if (unknown.length > 0) continue;
    if (!acceptable(type.before, facts)) impossible = true;
    else {
      const { key: action } = type.before;
      logger.error({ action, agent: kind.before.id, facts }, 'a counterexample is none');
      return undecided(['The solver and the gateway’s own evaluation disagree. Report it.']);
    }
  }
  if (unknown.length > 0) return undecided(wordsOf(unknown, sides));
  return undecided([
    impossible
      ? 'No request was found that the action type’s JSON Schema and rules let through.'
      : 'There was no answer in time.',
  ]);
}

function undecided(why: string[]): ProofFinding {
  return { verdict: 'undecided', example: null, why };
}

function wordsOf(unknown: readonly Unknown[], { roleOf }: Sides): string[] {
  const said = unknown.map(({ policy, construct }) => {
    const role = roleOf(policy);
    const name = role === undefined ? `The policy ${policy}` : `A permission of ${role}`;
    return `${name} has ${construct}, which no proof covers.`;
  });
  return [...new Set(said)];
}
