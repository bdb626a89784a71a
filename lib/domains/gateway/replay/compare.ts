/** A draft tried on recorded actions: the pipeline's own stages, on two snapshots. */
import type { ReplayResult } from '@/lib/domains/access/server';
import { Problem } from '@/lib/kernel/problem';
import { Limits } from '../limits';
import { decide } from '../pipeline/decide';
import type { Snapshot } from '../snapshot/snapshot';

/** A recorded action, with what its decision rested on. */
export interface Recorded {
  id: string;
  agent_id: string;
  type: string;
  parameters: Record<string, unknown>;
  summary: string;
  on_behalf_of: string | null;
  address: string | null;
  amount: number | null;
  created_at: Date;
  session_id: string;
  attributes: Record<string, unknown>;
}

export interface Answer {
  decision: 'allow' | 'hold' | 'deny';
  tier: number | null;
  reason: string;
}

const EXAMPLES = 20;
const DAY_MS = 86_400_000;

/** Decides recorded actions in their order under one snapshot, with counters of its own. */
export class Replayer {
  readonly #snapshot: Snapshot;
  readonly #limits = new Limits();

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  answer(action: Recorded): Answer {
    const agent = this.#snapshot.agents.get(action.agent_id);
    if (!agent) return denied('The agent is not there any more.');
    try {
      const { decision, tier, reasons } = decide({
        snapshot: this.#snapshot,
        agent,
        session: {
          id: action.session_id,
          workspace: this.#snapshot.workspace,
          agentId: action.agent_id,
          initiator: {},
          attributes: action.attributes,
          canary: '',
          expiresAt: Number.POSITIVE_INFINITY,
          ended: false,
        },
        request: {
          session: action.session_id,
          action: action.type,
          parameters: action.parameters,
          summary: action.summary,
          why: '',
          evidence: [],
          untrusted: [],
        },
        limits: this.#limits,
        user: action.on_behalf_of,
        address: action.address,
        now: action.created_at.getTime(),
      });
      return { decision, tier, reason: reasons[0]?.message ?? '' };
    } catch (error) {
      // A rate that is reached, or an action type that is not there, is an answer too.
      if (error instanceof Problem) return denied(error.message);
      throw error;
    }
  }
}

function denied(reason: string): Answer {
  return { decision: 'deny', tier: null, reason };
}

/** Adds up what would have been decided otherwise. */
export class Comparison {
  readonly #before: Replayer;
  readonly #after: Replayer;
  readonly #days: number;
  readonly #names: ReadonlyMap<string, string>;
  readonly #agents = new Map<string, { actions: number; flips: number }>();
  readonly #types = new Map<string, { actions: number; flips: number }>();
  readonly #kinds = new Map<string, number>();
  readonly #examples: ReplayResult['examples'] = [];
  readonly #held = { before: 0, after: 0 };
  #first: Date | undefined;
  #actions = 0;
  #flips = 0;
  #allowed = 0;

  constructor(before: Snapshot, after: Snapshot, days: number) {
    this.#before = new Replayer(before);
    this.#after = new Replayer(after);
    this.#days = days;
    this.#names = new Map([...before.agents.values()].map(({ id, name }) => [id, name]));
  }

  add(action: Recorded): void {
    const before = this.#before.answer(action);
    const after = this.#after.answer(action);
    const flipped = before.decision !== after.decision || before.tier !== after.tier;
    this.#actions += 1;
    this.#first ??= action.created_at;
    if (before.decision === 'hold') this.#held.before += 1;
    if (after.decision === 'hold') this.#held.after += 1;
    count(this.#agents, this.#names.get(action.agent_id) ?? action.agent_id, flipped);
    count(this.#types, action.type, flipped);
    if (!flipped) return;
    this.#flips += 1;
    const kind = `${told(before)}>${told(after)}`;
    this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1);
    if (before.decision === 'deny') this.#allowed += action.amount ?? 0;
    if (this.#examples.length >= EXAMPLES) return;
    this.#examples.push({
      action: action.id,
      at: action.created_at.toISOString(),
      agent: this.#names.get(action.agent_id) ?? action.agent_id,
      type: action.type,
      summary: action.summary,
      before: { decision: before.decision, tier: before.tier },
      after,
    });
  }

  result(now: Date): ReplayResult {
    const observedMs = this.#observedMs(now);
    // Of less than a day nothing is projected: then it is what was held, and no more.
    const days = Math.max(1, observedMs / DAY_MS);
    const perDay = (held: number) => Math.round((held / days) * 100) / 100;
    return {
      actions: this.#actions,
      flips: this.#flips,
      kinds: Object.fromEntries(this.#kinds),
      byAgent: flipsOf(this.#agents),
      byActionType: flipsOf(this.#types),
      observedMs,
      held: { ...this.#held },
      heldPerDay: { before: perDay(this.#held.before), after: perDay(this.#held.after) },
      newlyAllowedAmount: Math.round(this.#allowed * 10_000) / 10_000,
      examples: this.#examples,
    };
  }

  /** What was asked for, or since the first recorded action when that is less. */
  #observedMs(now: Date): number {
    const asked = this.#days * DAY_MS;
    const since = this.#first === undefined ? asked : now.getTime() - this.#first.getTime();
    return Math.min(asked, Math.max(0, since));
  }
}

/** `allow 1`, `hold 3` or `deny`. */
function told({ decision, tier }: Answer): string {
  return tier === null ? decision : `${decision} ${tier}`;
}

type Counts = Map<string, { actions: number; flips: number }>;

function count(counts: Counts, name: string, flipped: boolean): void {
  const known = counts.get(name) ?? { actions: 0, flips: 0 };
  counts.set(name, {
    actions: known.actions + 1,
    flips: known.flips + (flipped ? 1 : 0),
  });
}

function flipsOf(counts: Counts) {
  return [...counts]
    .map(([name, one]) => ({ name, ...one }))
    .toSorted((a, b) => b.flips - a.flips || b.actions - a.actions)
    .slice(0, 50);
}
