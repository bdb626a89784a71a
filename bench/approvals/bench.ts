/**
 * What the queue costs when it is long: its first screen (the list, the count and the first card),
 * a page of what is one person's among it, and one decision, with 10,000 waiting, and with as many beside a million decided ones, each
 * against 10 waiting. The three are workspaces of one database and take turns, so that a busy
 * machine is as busy for each.
 */
import pg from 'pg';
import {
  approveAction,
  countApprovals,
  getApproval,
  listApprovals,
} from '@/lib/domains/approvals/server';
import { closeDb } from '@/lib/infra/db';
import { ownerUrl } from '@/lib/infra/db-roles';
import { closeQueue } from '@/lib/infra/queue';
import type { BenchOptions } from '../options';
import { onServer } from '../trail/server';
import { decided, hold, makeRoom, type Room } from './seed';

const FEW = 10;
const MANY = 10_000;
const ROUNDS = 60;
/** How many more go to a colleague's group. */
const OWN = 10;

export function run({ events: old = 1_000_000, data }: BenchOptions): Promise<unknown> {
  return onServer(async () => {
    const owner = new pg.Pool({ connectionString: ownerUrl('control'), max: 2 });
    const few = await roomOf(owner, FEW);
    const many = await roomOf(owner, MANY);
    const beside = await roomOf(owner, MANY);
    await decided(beside.room, old);
    await owner.query('VACUUM ANALYZE');
    const rooms = { few, many, beside };
    // The first round warms up.
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const one of Object.values(rooms)) await measure(one, round > 0);
    }
    const ms = Object.fromEntries(
      Object.entries(rooms).map(([name, { took }]) => [
        name,
        {
          ...{ screen: median(took.screen), decision: median(took.decision) },
          ...{ mine: median(took.mine), mineAmong: median(took.mineAmong) },
        },
      ]),
    );
    const times = (name: 'many' | 'beside', what: keyof Measured['took']) =>
      round2(median(rooms[name].took[what]) / median(few.took[what]));
    const result = {
      ...{ few: FEW, many: MANY, decided: old, milliseconds: ms },
      /** Each at most 3. */
      screenManyToFew: times('many', 'screen'),
      screenBesideDecidedToFew: times('beside', 'screen'),
      mineManyToFew: times('many', 'mine'),
      mineBesideDecidedToFew: times('beside', 'mine'),
      mineAmongManyToFew: times('many', 'mineAmong'),
      mineAmongBesideDecidedToFew: times('beside', 'mineAmong'),
      decisionManyToFew: times('many', 'decision'),
      decisionBesideDecidedToFew: times('beside', 'decision'),
    };
    console.log(result);
    await Promise.all([owner.end(), closeDb(), closeQueue()]);
    return result;
  }, data);
}

interface Measured {
  room: Room;
  /** How many were ever held in it. */
  held: number;
  took: Record<'decision' | 'mine' | 'mineAmong' | 'screen', number[]>;
}

async function roomOf(owner: pg.Pool, held: number): Promise<Measured> {
  const room = await makeRoom(owner);
  await hold(room, 0, held);
  // Younger than whatever else is held meanwhile.
  await hold(room, 2 * MANY, OWN, room.colleagues);
  return { room, held, took: { screen: [], mine: [], mineAmong: [], decision: [] } };
}

/**
 * A page of what is an approver's own, whose nearly all of it is; one of a colleague's, whose the
 * ten youngest are; one look at the queue; and one decision, in place of which another action is held.
 */
async function measure(one: Measured, counts: boolean): Promise<void> {
  const { colleague, ctx } = one.room;
  const asked = performance.now();
  await listApprovals(ctx, { mine: 'true', limit: OWN });
  const among = performance.now();
  await listApprovals(colleague, { mine: 'true', limit: OWN });
  const started = performance.now();
  const [page] = await Promise.all([
    listApprovals(ctx, { status: 'pending' }),
    countApprovals(ctx, {}),
  ]);
  const card = await getApproval(ctx, { id: page.items[0]?.id ?? '' });
  const shown = performance.now();
  await approveAction(ctx, { id: card.id, display_digest: card.display_digest });
  const signed = performance.now();
  await hold(one.room, one.held, 1);
  one.held += 1;
  if (!counts) return;
  one.took.mine.push(among - asked);
  one.took.mineAmong.push(started - among);
  one.took.screen.push(shown - started);
  one.took.decision.push(signed - shown);
}

function median(values: readonly number[]): number {
  return round2(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN);
}

const round2 = (value: number) => Math.round(value * 100) / 100;
