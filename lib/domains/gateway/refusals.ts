import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { eventText, makeEvent } from '@/lib/kernel/event';
import type { Problem } from '@/lib/kernel/problem';
import type { Recorder } from './recorder';

const PER_MINUTE = 60;

/**
 * Requests of a known agent that were refused before anything was decided, as events. Each
 * agent gets 60 a minute; beyond it they are counted and the count goes with the next one,
 * so that a flood of refusals cannot fill the trail.
 */
export class Refusals {
  readonly #recorder: Recorder;
  #minute = 0;
  #counts = new Map<string, number>();

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  async note(ctx: Context, route: string, problem: Problem): Promise<void> {
    const minute = Math.floor(clock.now().getTime() / 60_000);
    if (minute !== this.#minute) {
      const beyond = [...this.#counts].filter(([, count]) => count > PER_MINUTE);
      this.#counts = new Map(beyond.map(([agent, count]) => [agent, PER_MINUTE - count]));
      this.#minute = minute;
    }
    const before = this.#counts.get(ctx.actor.id) ?? 0;
    this.#counts.set(ctx.actor.id, Math.max(before, 0) + 1);
    if (before >= PER_MINUTE) return;
    const event = makeEvent(ctx, {
      type: 'request.refused',
      outcome: 'refused',
      object: { type: 'operation', id: route },
      data: {
        code: problem.code,
        reason: problem.message,
        ...(problem.errors
          ? { fields: problem.errors.map((error) => error.field).slice(0, 20) }
          : {}),
        ...(before < 0 ? { not_recorded: -before } : {}),
      },
    });
    // The refusal stands whether or not it could be recorded.
    await this.#recorder
      .record(ctx.workspace, { events: [{ id: event.id, of: null, text: eventText(event) }] })
      .catch(() => undefined);
  }
}
