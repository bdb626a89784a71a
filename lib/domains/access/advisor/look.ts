/** One look: counts recorded use, compares it with what is granted, and keeps what it finds. */
import { inWorkspace } from '@/lib/infra/db';
import { type Client, createPool, inTenant, type Pool } from '@/lib/infra/pg';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { appendEvents, makeEvent } from '@/lib/kernel/event';
import { lastVersion } from '../policies/repo';
import {
  prepareToCount,
  readClimbed,
  readRates,
  readUses,
  recorded,
  type Window,
} from './evidence';
import { type Granted, readGranted } from './facts';
import { moveLook, replaceFindings } from './repo';
import type { Facts } from './ground';
import { advise } from './rules';

const DAY_MS = 86_400_000;
/** Counting the actions, their use, their amounts, their rates; then keeping the findings. */
const STEPS = 5;

interface Ground {
  since: Date;
  actions: number;
  version: number;
  facts: Facts;
}

/** Carries a look out; stops between two steps when it is cancelled. Safe to run twice. */
export async function look(ctx: Context, id: string): Promise<void> {
  const begun = await inWorkspace(ctx.workspace, async (tx) => {
    const moved = await moveLook(tx, id, { status: 'running', done: 0, total: STEPS });
    return moved ? tx.advisorLook.findUnique({ where: { id } }) : null;
  });
  if (!begun) return;
  // Counting millions of actions takes longer than a person's transaction may.
  const pool = createPool('countersign_app', 1);
  try {
    const to = clock.now();
    const from = new Date(to.getTime() - begun.days * DAY_MS);
    const ground = await readGround(pool, ctx, id, { from, to });
    if (ground) await keep(ctx, id, begun.days, ground);
  } catch (error) {
    const said = 'It could not be carried out. Look again.';
    await inWorkspace(ctx.workspace, (tx) =>
      moveLook(tx, id, { status: 'failed', error: said, finishedAt: clock.now() }),
    );
    throw error;
  } finally {
    await pool.end();
  }
}

/** Undefined when it was cancelled meanwhile. */
async function readGround(
  pool: Pool,
  ctx: Context,
  id: string,
  window: Window,
): Promise<Ground | undefined> {
  let done = 0;
  let cancelled = false;
  const step = async <T>(read: (client: Client, window: Window) => Promise<T>) => {
    const result = await inTenant(pool, ctx.workspace, async (client) => {
      await prepareToCount(client);
      return read(client, window);
    });
    done += 1;
    cancelled ||= !(await inWorkspace(ctx.workspace, (tx) => moveLook(tx, id, { done })));
    return result;
  };
  const { first, actions, earlier } = await step(recorded);
  const since = earlier ? window.from : (first ?? window.to);
  const uses = cancelled ? [] : await step(readUses);
  const climbed = cancelled ? new Map() : await step(readClimbed);
  const rates = cancelled ? new Map() : await step(readRates);
  if (cancelled) return undefined;
  const [granted, version] = await inWorkspace(
    ctx.workspace,
    async (tx): Promise<[Granted, number]> => [
      await readGranted(tx),
      (await lastVersion(tx))?.number ?? 0,
    ],
    { readOnly: true },
  );
  const { classifications, ...grants } = granted;
  const now = uses.map((use) => ({
    ...use,
    classificationNow: classifications.get(use.type) ?? null,
  }));
  return { since, actions, version, facts: { ...grants, since, uses: now, climbed, rates } };
}

async function keep(ctx: Context, id: string, days: number, ground: Ground): Promise<void> {
  const { since, actions, version, facts } = ground;
  // Where nothing was done, nothing is known of what is needed.
  const findings = actions === 0 ? [] : advise(facts);
  await inWorkspace(ctx.workspace, async (tx) => {
    const ended = await moveLook(tx, id, {
      ...{ status: 'done', done: STEPS, actions, version, finishedAt: clock.now() },
      since: actions === 0 ? null : since,
    });
    if (!ended) return;
    await replaceFindings(tx, ctx.workspace, id, findings);
    const event = makeEvent(ctx, {
      type: 'advisor_look.finished',
      object: { type: 'advisor_look', id },
      outcome: 'succeeded',
      data: { days, actions, findings: findings.length },
    });
    await appendEvents(tx, [event]);
  });
}
