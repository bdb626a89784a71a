import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDb, inWorkspace } from '@/lib/infra/db';
import { mintWorld, type World } from '@/lib/infra/testing/world';
import { newId } from '@/lib/kernel/ids';
import { insertRotation, loadRotation, takeStep } from './repo';
import {
  isFinished,
  isSwitched,
  mayMove,
  retryAfter,
  type RotationStep,
  rotationSteps,
} from './rotation';

let world: World;

beforeAll(async () => {
  world = await mintWorld();
});
afterAll(closeDb);

function requested(): Promise<string> {
  const id = newId('rot');
  return inWorkspace(world.workspace, async (tx) => {
    await insertRotation(tx, {
      id,
      workspaceId: world.workspace,
      subjectType: 'secret',
      subjectId: newId('sec'),
      step: 'requested',
      trigger: 'hand',
      startedBy: world.admin,
      state: { history: [] },
    });
    return id;
  });
}

/** The step as every mover takes it, from whichever that leads there. */
function take(id: string, to: RotationStep): Promise<boolean> {
  return inWorkspace(world.workspace, async (tx) => {
    for (const from of rotationSteps) {
      const ended = { finishedAt: isFinished(to) ? new Date() : null, error: null };
      if (mayMove(from, to) && (await takeStep(tx, id, from, to, ended))) return true;
    }
    return false;
  });
}

/** Whether the table leads from one step to another by all of these, each once. */
function leads(at: RotationStep, by: RotationStep[], to: RotationStep): boolean {
  if (by.length === 0) return at === to;
  return by.some((next) => {
    const rest = by.filter((step) => step !== next);
    return mayMove(at, next) && leads(next, rest, to);
  });
}

const from = (step: RotationStep) => rotationSteps.filter((to) => mayMove(step, to));

describe('the state machine', () => {
  it('leads to every step, out of no finished one, and from every other to an end', () => {
    const reached = new Set<RotationStep>(['requested']);
    for (const step of reached) for (const to of from(step)) reached.add(to);
    expect(reached.size).toBe(rotationSteps.length);
    for (const step of rotationSteps) {
      expect([step, from(step).some(isFinished)]).toEqual([step, !isFinished(step)]);
    }
  });

  it('lets a person leave at every step: the secret revoked, or by hand once switched', () => {
    for (const step of rotationSteps.filter((each) => !isFinished(each))) {
      expect([step, mayMove(step, 'cancelled')]).toEqual([step, true]);
      expect([step, mayMove(step, 'by_hand')]).toEqual([step, isSwitched(step)]);
      expect([step, mayMove(step, 'failed')]).toEqual([step, !isSwitched(step)]);
    }
  });

  it('lets concurrent movers win one step at a time, along the table', async () => {
    const movers = fc.array(fc.constantFrom<RotationStep>(...rotationSteps), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(movers, async (wanted) => {
        const id = await requested();
        const won = await Promise.all(
          wanted.map(async (to) => ((await take(id, to)) ? to : undefined)),
        );
        const taken = won.filter((to) => to !== undefined);
        expect(new Set(taken).size).toBe(taken.length);
        // The winners, in some order, are a walk of the table that ends where the row is.
        const row = await inWorkspace(world.workspace, (tx) => loadRotation(tx, id));
        expect([taken, row.step, leads('requested', taken, row.step)]).toEqual([
          taken,
          row.step,
          true,
        ]);
        expect(row.finishedAt !== null).toBe(isFinished(row.step));
      }),
      { numRuns: 30 },
    );
  });
});

it('waits 1, 2, 4 … up to 60 minutes between attempts', () => {
  const minutes = [1, 2, 3, 6, 7, 8, 40, 5_000].map((attempts) => retryAfter(attempts) / 60_000);
  expect(minutes).toEqual([1, 2, 4, 32, 60, 60, 60, 60]);
});
