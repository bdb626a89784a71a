import type { Actor } from '@/lib/kernel/actor';
import { recentOf } from './deliver';
import { logSize, timeAt } from './log';
import { mayPause, mayResume, mayRotate, mayUpdate } from './policy';
import type { FailureRow, SinkRow } from './repo';
import { type FailureView, sinkTarget, type SinkView } from './schema';

const MINUTE_MS = 60_000;

interface Lag {
  behind: number | null;
  oldest: string | null;
}

const unknownLag: Lag = { behind: null, oldest: null };

/** How far each sink is behind the log; not known while the trail cannot be asked. */
export async function lagsOf(workspace: string, sinks: readonly SinkRow[]): Promise<Lag[]> {
  try {
    const size = sinks.length > 0 ? await logSize(workspace) : 0;
    const lags: Lag[] = [];
    for (const sink of sinks) {
      const position = Number(sink.position);
      const behind = sink.state === 'retired' ? 0 : Math.max(0, size - position);
      const oldest = behind > 0 ? await timeAt(workspace, position) : undefined;
      lags.push({ behind, oldest: oldest?.toISOString() ?? null });
    }
    return lags;
  } catch {
    return sinks.map(() => unknownLag);
  }
}

export function sinkViewOf(row: SinkRow, lag: Lag, actor: Actor, now: Date): SinkView {
  const failing = row.state === 'active' && row.failingSince !== null;
  const facts = { kind: row.kind, state: row.state };
  const oldestMinute = Math.floor(now.getTime() / MINUTE_MS) - 60;
  return {
    id: row.id,
    name: row.name,
    kind: row.kind as SinkView['kind'],
    target: sinkTarget.parse(row.target),
    format: row.format as SinkView['format'],
    state: failing ? 'failing' : (row.state as SinkView['state']),
    reason: row.reason,
    position: Number(row.position),
    ...lag,
    delivered: Number(row.delivered),
    deliveredAt: row.deliveredAt?.toISOString() ?? null,
    rate: recentOf(row)
      .filter(([minute]) => minute > oldestMinute)
      .map(([minute, events]) => ({ at: new Date(minute * MINUTE_MS).toISOString(), events })),
    failingSince: row.failingSince?.toISOString() ?? null,
    error: row.error,
    attempts: row.attempts,
    nextTryAt: failing ? row.nextTryAt.toISOString() : null,
    previousUntil:
      row.previousUntil && row.previousUntil > now ? row.previousUntil.toISOString() : null,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    can: {
      update: mayUpdate(actor, facts),
      pause: mayPause(actor, facts),
      resume: mayResume(actor, facts),
      test: mayUpdate(actor, facts),
      rotate: mayRotate(actor, facts),
      retire: mayUpdate(actor, facts),
    },
  };
}

export function failureViewOf(row: FailureRow): FailureView {
  return {
    id: row.id,
    beganAt: row.beganAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    attempts: row.attempts,
    position: Number(row.position),
    error: row.error,
  };
}
