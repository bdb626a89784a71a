import { firstCheckpointOver, indexOfEvent, supervisedRan } from '@/lib/domains/trail/server';
import { readSettings } from '@/lib/domains/workspaces/server';
import { inWorkspace, type Tx } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { appendEvents, makeEvent } from '@/lib/kernel/event';
import { newId } from '@/lib/kernel/ids';
import { asDay } from '../repo';
import { ALGORITHM, type Candidate, choose, placesOf, seedOf } from '../sampling/choose';
import type { Drawn } from '../sampling/drawn';
import { isLate, SAMPLE_DRAWN } from '../sampling/population';
import { Sampling } from '../sampling/setting';
import { assignOpen } from './assign';

type DayRow = NonNullable<Awaited<ReturnType<Tx['sampleDay']['findFirst']>>>;
type Closed = DayRow & { closedBy: string; closedAt: Date; from: Date; to: Date };

/** How long a closing's transaction may take until it has its place in the log. */
const COMMIT_MS = 3_600_000;

/**
 * Draws from each closed day whose closing a checkpoint covers, oldest first; gives the days it
 * drew from. Where none covers it yet the seed cannot be known, and the day waits.
 */
export async function drawDays(ctx: Context): Promise<string[]> {
  const drawn: string[] = [];
  const days = await inWorkspace(ctx.workspace, (tx) =>
    tx.sampleDay.findMany({
      where: { closedBy: { not: null }, drawnAt: null },
      orderBy: { day: 'asc' },
    }),
  );
  for (const day of days) {
    if (!(await drawDay(ctx, day))) return drawn;
    drawn.push(asDay(day.day));
  }
  return drawn;
}

const isClosed = (day: DayRow): day is Closed =>
  day.closedBy !== null && day.closedAt !== null && day.from !== null && day.to !== null;

interface Plan {
  data: Drawn;
  /** From which of the strata each action of the population is. */
  places: ReadonlyMap<string, number>;
  late: ReadonlySet<string>;
}

/**
 * What is drawn from a closed day, by the log alone; undefined while no checkpoint covers its
 * closing, which is as long as the seed cannot be known.
 */
export async function planDraw(workspace: string, row: DayRow): Promise<Plan | undefined> {
  if (!isClosed(row)) return undefined;
  const index = await indexOfEvent(workspace, row.closedBy);
  if (index === undefined) return undefined;
  const checkpoint = await firstCheckpointOver(workspace, index);
  if (!checkpoint) return undefined;
  const day = asDay(row.day);
  const candidates = await populationOf(workspace, row, index);
  const setting = Sampling.parse(row.setting);
  const { root, ...signed } = checkpoint;
  const seed = seedOf(root, workspace, day);
  const bounds = { from: row.from.toISOString() };
  const late = candidates.filter(({ at }) => isLate(at, bounds)).map(({ action }) => action);
  const data: Drawn = {
    origin: 'daily',
    day,
    algorithm: ALGORITHM,
    closed: { event: row.closedBy, index },
    checkpoint: { ...signed, root: root.toString('base64') },
    seed: seed.toString('hex'),
    setting,
    population: candidates.length,
    late: late.length,
    ...choose(candidates, seed, setting),
  };
  return { data, places: placesOf(candidates, data, setting), late: new Set(late) };
}

async function drawDay(ctx: Context, row: DayRow): Promise<boolean> {
  const plan = await planDraw(ctx.workspace, row);
  if (!plan) return false;
  const { data } = plan;
  return inWorkspace(ctx.workspace, async (tx) => {
    const { count } = await tx.sampleDay.updateMany({
      where: { day: row.day, drawnAt: null },
      data: {
        closedIndex: data.closed.index,
        checkpoint: data.checkpoint.size,
        population: data.population,
        late: data.late,
        size: data.actions.length,
        drawnAt: clock.now(),
      },
    });
    // Another worker drew it meanwhile.
    if (count === 0) return true;
    await keepStrata(tx, ctx.workspace, row.day, data);
    await keepSamples(tx, ctx.workspace, row.day, plan);
    await assignOpen(tx, ctx.workspace);
    const object = { type: 'sample_day', id: data.day };
    await appendEvents(tx, [makeEvent(ctx, { type: SAMPLE_DRAWN, object, data })]);
    return true;
  });
}

/** What `Populations` finds in the log up to the closing, asked of the trail's tables. */
async function populationOf(workspace: string, row: Closed, index: number): Promise<Candidate[]> {
  const { first, floor, previous } = await inWorkspace(workspace, async (tx) => {
    const day = row.previous ?? undefined;
    const before = day && (await tx.sampleDay.findFirst({ where: { day } }));
    // What was decided after a day ended had its outcome after whatever closed well before that.
    const earlier =
      before?.to &&
      (await tx.sampleDay.findFirst({
        where: {
          closedIndex: { not: null },
          closedAt: { lt: new Date(before.to.getTime() - COMMIT_MS) },
          day: { lt: before.day },
        },
        orderBy: { day: 'desc' },
      }));
    const first = await tx.sampleDay.findFirst({
      where: { closedBy: { not: null } },
      orderBy: { day: 'asc' },
    });
    return { first, previous: before, floor: Number(earlier?.closedIndex ?? 0) };
  });
  return supervisedRan(workspace, {
    before: index,
    decidedBefore: row.to,
    decidedFrom: first?.from ?? row.from,
    floor,
    previous: previous?.to ? { index: Number(previous.closedIndex), decided: previous.to } : null,
  });
}

/**
 * What each sample stands for. Without a minimum each action of the day was as likely as another,
 * so that the day is one stratum, and those from which nothing was drawn are in it.
 */
async function keepStrata(
  tx: Tx,
  workspaceId: string,
  day: Date,
  { setting, strata }: Drawn,
): Promise<void> {
  if (setting.minimum === 0) return;
  await tx.sampleStratum.createMany({
    data: strata.map(({ action_type: actionType, agent: agentId, band, drawn, size }, stratum) => ({
      ...{ workspaceId, day, stratum, agentId, actionType, band, size, drawn },
    })),
  });
}

/** One drawn by hand before is in the daily sample from now on, with the verdict it may have. */
async function keepSamples(
  tx: Tx,
  workspaceId: string,
  day: Date,
  { data: { actions, setting, twice }, late, places }: Plan,
): Promise<void> {
  const { reviewDueHours } = await readSettings(tx);
  const dueAt = new Date(clock.now().getTime() + reviewDueHours * 3_600_000);
  const stratumOf = (action: string) =>
    setting.minimum === 0 ? null : (places.get(action) ?? null);
  const known = await tx.sample.findMany({
    where: { actionId: { in: actions } },
    select: { actionId: true, origin: true },
  });
  for (const { actionId, origin } of known) {
    if (origin !== 'hand') continue;
    const data = { origin: 'daily', day, stratum: stratumOf(actionId) };
    await tx.sample.update({ where: { actionId }, data });
  }
  const byHand = new Set(known.map(({ actionId }) => actionId));
  const there = await tx.action.findMany({
    where: { id: { in: actions } },
    select: { id: true },
  });
  const kept = new Set(there.map(({ id }) => id));
  await tx.sample.createMany({
    data: actions
      .map((actionId, at) => ({ actionId, wanted: at < twice ? 2 : 1 }))
      .filter(({ actionId }) => kept.has(actionId) && !byHand.has(actionId))
      .map((one) => ({
        ...{ id: newId('smp'), workspaceId, day, origin: 'daily', dueAt },
        ...one,
        late: late.has(one.actionId),
        stratum: stratumOf(one.actionId),
      })),
  });
}
