import type { z } from 'zod';
import { inWorkspace, isDeadlock, isUnavailable, isUniqueViolation, type Tx } from '@/lib/infra/db';
import { logger } from '@/lib/infra/logger';
import type { Actor } from './actor';
import type { Context } from './context';
import { appendEvents, makeEvent, type NewEvent, type TrailEvent } from './event';
import { observe } from './observe';
import { conflict, forbidden, invalid, Problem, unavailable } from './problem';
import type { Verdict } from './verdict';
import { inWords } from '@/lib/infra/wrong';

/** What `run` of a verb has in hand. */
export interface Deed<I> {
  ctx: Context;
  input: I;
  /** The one transaction of the deed; sees only this workspace. */
  tx: Tx;
  /** Says what was done; appended to the trail's outbox in the same transaction. */
  event: (event: NewEvent) => void;
  /** Runs once the transaction has committed; a failure is logged and left to the sweeping job. */
  after: (work: () => Promise<unknown>) => void;
}

interface Definition<I extends z.ZodType, O extends z.ZodType> {
  /** `room.verb`, as in `agents.suspend`. */
  name: string;
  input: I;
  output: O;
  /** Who may at all; what depends on the record is checked in `run` with `permitted`. */
  permit: (actor: Actor) => Verdict;
  /** How long its transaction may take, where the usual 30 seconds are too few. */
  timeoutMs?: number;
}

export interface Operation<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  (ctx: Context, input: unknown): Promise<z.output<O>>;
  readonly kind: 'verb' | 'query';
  readonly operation: string;
  readonly input: I;
  readonly output: O;
}

/** An operation that changes something, alone or as a part of another one's deed. */
export interface Verb<
  I extends z.ZodType = z.ZodType,
  O extends z.ZodType = z.ZodType,
> extends Operation<I, O> {
  /**
   * Performs it in another verb's transaction, with that verb's actor and among its events:
   * parsed and permitted as ever. The other verb answers for what it throws.
   */
  within: (deed: Omit<Deed<unknown>, 'input'>, input: unknown) => Promise<z.output<O>>;
}

/**
 * Makes an operation that changes something: parses, permits, runs in one transaction with
 * the workspace set, and commits its events with the deed. A verb that says no event fails.
 *
 * Throws a Problem: 422 for bad input, 403 for who may not, whatever `run` throws.
 */
export function verb<I extends z.ZodType, O extends z.ZodType>(
  definition: Definition<I, O> & { run: (deed: Deed<z.output<I>>) => Promise<z.input<O>> },
): Verb<I, O> {
  const perform = async (ctx: Context, raw: unknown): Promise<z.output<O>> => {
    const input = parse(definition.input, raw);
    const afterwards: (() => Promise<unknown>)[] = [];
    const result = await guarded(ctx, definition.name, async () => {
      permitted(definition.permit(ctx.actor));
      permitted(withinScope(ctx.actor, 'write'));
      const { timeoutMs } = definition;
      const deed = async (tx: Tx) => {
        const events: TrailEvent[] = [];
        const done = await definition.run({
          ctx,
          input,
          tx,
          event: (event) => events.push(makeEvent(ctx, event)),
          after: (work) => afterwards.push(work),
        });
        if (events.length === 0) throw new Error(`${definition.name} said no event`);
        await observe({ ctx, tx, events });
        await appendEvents(tx, events);
        return done;
      };
      return anew(() => {
        afterwards.length = 0;
        return inWorkspace(ctx.workspace, deed, { timeoutMs });
      });
    });
    for (const work of afterwards) {
      await work().catch((error: unknown) => {
        logger.error({ err: error, verb: definition.name }, 'after-commit work failed');
      });
    }
    return result as z.output<O>;
  };
  const within: Verb<I, O>['within'] = async (deed, raw) => {
    const input = parse(definition.input, raw);
    permitted(definition.permit(deed.ctx.actor));
    permitted(withinScope(deed.ctx.actor, 'write'));
    return (await definition.run({ ...deed, input })) as z.output<O>;
  };
  return Object.assign(perform, {
    kind: 'verb' as const,
    operation: definition.name,
    input: definition.input,
    output: definition.output,
    within,
  });
}

/** Makes an operation that only reads, in a read-only transaction with the workspace set. */
export function query<I extends z.ZodType, O extends z.ZodType>(
  definition: Definition<I, O> & {
    run: (deed: { ctx: Context; input: z.output<I>; tx: Tx }) => Promise<z.input<O>>;
  },
): Operation<I, O> {
  const perform = async (ctx: Context, raw: unknown): Promise<z.output<O>> => {
    const input = parse(definition.input, raw);
    const result = await guarded(ctx, definition.name, () => {
      permitted(definition.permit(ctx.actor));
      permitted(withinScope(ctx.actor, 'read'));
      return inWorkspace(ctx.workspace, (tx) => definition.run({ ctx, input, tx }), {
        readOnly: true,
      });
    });
    return result as z.output<O>;
  };
  return Object.assign(perform, {
    kind: 'query' as const,
    operation: definition.name,
    input: definition.input,
    output: definition.output,
  });
}

/** Throws 403 with the reason when the verdict is a denial. */
export function permitted(verdict: Verdict): void {
  if (!verdict.allowed) throw forbidden(verdict.reason);
}

/** Parses with the shared schema; every wrong field is named, up to a hundred. */
export function parse<S extends z.ZodType>(schema: S, raw: unknown): z.output<S> {
  const parsed = schema.safeParse(raw, { error: inWords });
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          field: [...issue.path, key].join('.'),
          message: 'is not a known field',
        }))
      : [{ field: issue.path.join('.'), message: issue.message }],
  );
  throw invalid(wrong.slice(0, MOST_NAMED));
}

/** Wrong fields that one answer names: nobody reads more, and it is not to be many times its request. */
const MOST_NAMED = 100;

/** Whether an access token reaches this far; who signed in needs none. */
export function withinScope(actor: Actor, scope: 'read' | 'write'): Verdict {
  if (actor.type !== 'member' || !actor.scopes) return { allowed: true };
  if (actor.scopes.includes(scope) || actor.scopes.includes('write')) return { allowed: true };
  return {
    allowed: false,
    reason: `This access token has no ${scope} scope. Create one that has.`,
  };
}

/** How often a deed is done anew that was ended because it and another waited for each other. */
const DEADLOCKS = 2;

/** A deed that PostgreSQL ended in favour of another is done again: nothing of it is left. */
async function anew<T>(deed: () => Promise<T>): Promise<T> {
  for (let left = DEADLOCKS; ; left -= 1) {
    try {
      return await deed();
    } catch (error) {
      if (left === 0 || !isDeadlock(error)) throw error;
    }
  }
}

/** A refusal for want of permission is itself an event; nothing else of the attempt remains. */
async function guarded<T>(ctx: Context, name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Problem && error.status === 403) {
      await inWorkspace(ctx.workspace, (tx) =>
        appendEvents(tx, [
          makeEvent(ctx, {
            type: 'request.refused',
            outcome: 'refused',
            object: { type: 'operation', id: name },
            data: { code: error.code, reason: error.message },
          }),
        ]),
      );
    }
    if (isUniqueViolation(error)) {
      throw conflict('already_exists', 'There is already one with this name. Choose another.');
    }
    if (isUnavailable(error)) {
      throw unavailable(
        'database_busy',
        'The database is not answering. Try again shortly.',
        error,
      );
    }
    throw error;
  }
}
