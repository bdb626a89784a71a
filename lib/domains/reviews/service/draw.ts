import { firstCheckpointOver, indexOfEvent, supervisedRan } from '@/lib/domains/trail/server';
import { readSettings } from '@/lib/domains/workspaces/server';
import { inWorkspace, type Tx } from '@/lib/infra/db';
import { logger } from '@/lib/infra/logger';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { appendEvents, makeEvent } from '@/lib/kernel/event';
import { newId } from '@/lib/kernel/ids';
import { addDrawn, addStrata, asDay, type DrawnAction, type KeptStratum } from '../repo';
import { ALGORITHM, type Candidate, choose, placesOf, seedOf } from '../sampling/choose';
import type { Drawn } from '../sampling/drawn';
import { isLate, SAMPLE_DRAWN } from '../sampling/population';
import { Sampling } from '../sampling/setting';
import { assignOpen } from './assign';
import { waitsTooLong } from './missed';

type DayRow = NonNullable<Awaited<ReturnType<Tx['sampleDay']['findFirst']>>>;
type Closed = DayRow & { closedBy: string; closedAt: Date; from: Date; to: Date };

/** How long a closing's transaction may take until it has its place in the log. */
const COMMIT_MS = 3_600_000;

/**
 * Draws from each closed day whose closing a checkpoint covers, oldest first; gives the days it
 * drew from. Where none covers it yet the seed cannot be known, and the day waits. A day that
 * waits or fails keeps no later one: what each has follows from where the closings stand in the
 * log, not from whether the day before was drawn.
 */
export async function drawDays(ctx: Context): Promise<string[]> {
  const drawn: string[] = [];
  const failed: string[] = [];
  let cause: unknown;
  const days = await inWorkspace(ctx.workspace, (tx) =>
    tx.sampleDay.findMany({
      where: { closedBy: { not: null }, drawnAt: null },
      orderBy: { day: 'asc' },
    }),
  );
  for (const row of days) {
    const day = asDay(row.day);
    const done = await drawDay(ctx, row).catch((error: unknown) => {
      failed.push(day);
      cause ??= error;
      return false;
    });
    if (done) drawn.push(day);
    else if (waitsTooLong(row, clock.now())) {
      logger.warn({ workspace: ctx.workspace, day }, 'reviews: a day waits to be drawn from');
    }
  }
  if (failed.length > 0) throw new Error(`no draw from ${failed.join(', ')}`, { cause });
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
  if (!candidates) return undefined;
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
  await keepDrawn(ctx.workspace, row.day, plan);
  await inWorkspace(ctx.workspace, async (tx) => {
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
    if (count === 0) return;
    const object = { type: 'sample_day', id: data.day };
    await appendEvents(tx, [makeEvent(ctx, { type: SAMPLE_DRAWN, object, data })]);
  });
  await assignOpen(ctx.workspace);
  return true;
}

/**
 * What `Populations` finds in the log up to the closing, asked of the trail's tables; undefined
 * while the closing of the day before is not in the log, which parts the two.
 */
async function populationOf(
  workspace: string,
  row: Closed,
  index: number,
): Promise<Candidate[] | undefined> {
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
  const bounds = {
    before: index,
    decidedBefore: row.to,
    decidedFrom: first?.from ?? row.from,
    floor,
  };
  if (!previous?.to) return supervisedRan(workspace, { ...bounds, previous: null });
  const closed = await closingOf(workspace, previous);
  if (closed === undefined) return undefined;
  return supervisedRan(workspace, {
    ...bounds,
    previous: { index: closed, decided: previous.to },
  });
}

/** Where a day's closing stands in the log, whether the day was drawn from or not. */
async function closingOf(workspace: string, day: DayRow): Promise<number | undefined> {
  if (day.closedIndex !== null) return Number(day.closedIndex);
  return day.closedBy === null ? undefined : indexOfEvent(workspace, day.closedBy);
}

/** Rows that one transaction writes, so that none takes long however much ran that day. */
const SLICE = 2_000;

/**
 * Writes the strata and the samples of a day, in slices. Whoever is stopped on the way leaves a
 * part of them, and who comes next finds the same plan, which the log fixed before anything was
 * written: they write what is missing, and nothing twice.
 */
export async function keepDrawn(workspace: string, day: Date, plan: Plan): Promise<void> {
  const inSlices = async <T>(
    rows: readonly T[],
    keep: (tx: Tx, slice: T[]) => Promise<unknown>,
  ) => {
    for (let at = 0; at < rows.length; at += SLICE)
      await inWorkspace(workspace, (tx) => keep(tx, rows.slice(at, at + SLICE)));
  };
  const { reviewDueHours } = await inWorkspace(workspace, readSettings);
  const dueAt = new Date(clock.now().getTime() + reviewDueHours * 3_600_000);
  // The strata first: no sample is there without what it stands for.
  await inSlices(strataOf(plan.data), (tx, strata) => addStrata(tx, workspace, day, strata));
  await inSlices(samplesOf(plan), (tx, drawn) => addDrawn(tx, { workspace, day, dueAt }, drawn));
}

/**
 * What each sample stands for. Without a minimum each action of the day was as likely as another,
 * so that the day is one stratum, and those from which nothing was drawn are in it.
 */
function strataOf({ setting, strata }: Drawn): KeptStratum[] {
  if (setting.minimum === 0) return [];
  return strata.map(({ action_type, agent, band, drawn, size }, stratum) => {
    return { stratum, agent, action_type, band, size, drawn };
  });
}

function samplesOf({ data: { actions, setting, twice }, late, places }: Plan): DrawnAction[] {
  return actions.map((action, at) => ({
    ...{ id: newId('smp'), action, late: late.has(action), wanted: at < twice ? 2 : 1 },
    stratum: setting.minimum === 0 ? null : (places.get(action) ?? null),
  }));
}
