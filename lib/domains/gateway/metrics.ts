import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from '@/lib/infra/metrics';
import type { ActionRow } from './action';
import type { Backlog } from './backlog';
import type { Recorder, RecorderObserver } from './recorder';
import type { Snapshots } from './snapshot/store';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What GET /metrics shows. */
export class Metrics implements RecorderObserver {
  readonly registry = new Registry();
  readonly #decisions = new Counter({
    name: 'countersign_decisions_total',
    help: 'Decisions recorded, by decision and tier.',
    labelNames: ['decision', 'tier'],
    registers: [this.registry],
  });
  readonly #outcomes = new Counter({
    name: 'countersign_outcomes_total',
    help: 'Actions run by this process, by how they ended.',
    labelNames: ['outcome'],
    registers: [this.registry],
  });
  readonly #refusals = new Counter({
    name: 'countersign_refusals_total',
    help: 'Requests answered with a problem, by code.',
    labelNames: ['code'],
    registers: [this.registry],
  });
  readonly #commits = new Histogram({
    name: 'countersign_commit_seconds',
    help: 'Duration of group commits.',
    buckets: SECONDS,
    registers: [this.registry],
  });
  readonly #batches = new Histogram({
    name: 'countersign_commit_size',
    help: 'Writes that shared a commit.',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    registers: [this.registry],
  });
  readonly #failed = new Counter({
    name: 'countersign_commits_failed_total',
    help: 'Group commits that failed.',
    registers: [this.registry],
  });
  readonly #tools = new Histogram({
    name: 'countersign_tool_seconds',
    help: 'Duration of calls to tools.',
    buckets: SECONDS,
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Shows the state of other parts whenever it is asked for. */
  watch(parts: { recorder: Recorder; backlog: Backlog; snapshots: Snapshots }): void {
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        name,
        help,
        registers: [this.registry],
        collect() {
          this.set(read());
        },
      });
    gauge('countersign_queued_writes', 'Writes waiting for a commit.', () => parts.recorder.queued);
    gauge('countersign_outbox_events', 'Events not yet in the trail.', () => parts.backlog.events);
    gauge(
      'countersign_outbox_age_seconds',
      'Age of the oldest of them.',
      () => parts.backlog.ageMs / 1_000,
    );
    gauge(
      'countersign_outbox_refused_events',
      'Events that the trail refuses, beside the above. After a while their workspaces are refused; the log of the sequencer has why.',
      () => parts.backlog.refused.events,
    );
    gauge(
      'countersign_outbox_refused_age_seconds',
      'Age of the oldest of them.',
      () => parts.backlog.refused.ageMs / 1_000,
    );
    gauge('countersign_current', '1 when changes are being heard.', () =>
      parts.snapshots.isCurrent() ? 1 : 0,
    );
  }

  decided({ decision, tier }: Pick<ActionRow, 'decision' | 'tier'>): void {
    this.#decisions.inc({ decision, tier: tier ?? 0 });
  }

  ended(outcome: string, milliseconds: number): void {
    this.#outcomes.inc({ outcome });
    this.#tools.observe(milliseconds / 1_000);
  }

  refused(code: string): void {
    this.#refusals.inc({ code });
  }

  committed(size: number, seconds: number): void {
    this.#commits.observe(seconds);
    this.#batches.observe(size);
  }

  failed(): void {
    this.#failed.inc();
  }
}
