import { randomUUID } from 'node:crypto';
import { openReviewsOf } from '@/lib/domains/reviews/server';
import { inWorkspace, type Tx } from '@/lib/infra/db';
import { logger } from '@/lib/infra/logger';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { appendEvents, makeEvent } from '@/lib/kernel/event';
import { asksForDecision, type Detail, type Message, messageOf } from './message/message';
import {
  changeChannel,
  type ChannelRow,
  claimNext,
  findMember,
  heldRows,
  loadChannel,
  loadWorkspace,
  lockChannel,
  type NotificationRow,
  postpone,
  settle,
  skipAll,
} from './repo';
import type { ChannelKind, Occasion } from './schema';
import { opened } from './secrets';
import { type Destination, send, type Sent } from './transport';

/** Longer than a try takes at worst; a worker that dies leaves the message to the next after this. */
const CLAIM_MS = 120_000;
const FIRST_DELAY_MS = 10_000;
const LONGEST_DELAY_MS = 3_600_000;
const GIVE_UP_MS = 86_400_000;
/** How long one workspace is served before the next has its turn. */
const TURN_MS = 20_000;
const AT_ONCE = 4;

/** Sends what is due, message by message, each by whoever takes it first. */
export async function deliver(ctx: Context): Promise<void> {
  const end = clock.now().getTime() + TURN_MS;
  const one = async (): Promise<void> => {
    while (clock.now().getTime() < end && (await deliverNext(ctx)));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

/** Takes and tries one message; false when none is due. */
async function deliverNext(ctx: Context): Promise<boolean> {
  const row = await inWorkspace(ctx.workspace, (tx) => takeNext(tx, ctx.workspace));
  if (!row) return false;
  const parcel = await inWorkspace(ctx.workspace, (tx) =>
    parcelOf(tx, ctx, row, clock.now()),
  ).catch((error: unknown) => {
    // Put off like any other failure, so that one message cannot hold up the rest.
    logger.error({ err: error, notification: row.id }, 'a message could not be read');
    return undefined;
  });
  const sent = parcel?.to
    ? await send(parcel.to, parcel.message)
    : { delivered: false, error: 'The message could not be read.' };
  await inWorkspace(ctx.workspace, async (tx) => {
    if (!parcel?.skip) return record(tx, ctx, row, parcel?.channel ?? null, sent);
    await settle(tx, row, { state: 'skipped', lastError: parcel.skip, endedAt: clock.now() });
  });
  return true;
}

/** Takes the message that is due next, for so long as a try takes. */
export function takeNext(tx: Tx, workspace: string): Promise<NotificationRow | undefined> {
  const now = clock.now();
  return claimNext(tx, workspace, randomUUID(), now, new Date(now.getTime() + CLAIM_MS));
}

type Parcel =
  | { to: Destination; message: Message; channel: ChannelRow | null; skip?: undefined }
  /** Why there is nothing to send any more. */
  | { skip: string; to?: undefined; channel?: undefined };

async function parcelOf(tx: Tx, ctx: Context, row: NotificationRow, now: Date): Promise<Parcel> {
  const occasion = row.occasion as Occasion;
  const [held] = row.actionId ? await heldRows(tx, [row.actionId]) : [];
  if (asksForDecision(occasion) && held?.status !== 'pending') {
    return { skip: 'It was decided before this could be sent.' };
  }
  const member = row.recipient ? await findMember(tx, row.recipient) : undefined;
  if (row.recipient && member?.state !== 'active') return { skip: 'The member is active no more.' };
  if (occasion === 'review_assigned' && member && (await openReviewsOf(tx, member.id)) === 0) {
    return { skip: 'It was reviewed before this could be sent.' };
  }
  const workspace = await loadWorkspace(tx, ctx.workspace);
  const { id, createdAt } = row;
  const said = { id, occasion, createdAt, detail: row.detail as Detail, workspace };
  const message = messageOf(said, held, now);
  const channel = row.channelId ? await loadChannel(tx, row.channelId) : null;
  const kind = (channel?.kind ?? 'email') as ChannelKind;
  const clear = channel ? await opened(tx, channel, now) : { url: '', secrets: [] };
  return { to: { kind, to: member?.email ?? '', ...clear }, message, channel };
}

/** Conditional on the try still being this worker's, so that what comes too late changes nothing. */
export async function record(
  tx: Tx,
  ctx: Context,
  row: NotificationRow,
  channel: ChannelRow | null,
  sent: Sent,
): Promise<void> {
  const now = clock.now();
  if (channel) await lockChannel(tx, channel.id);
  if (sent.delivered) {
    if (!(await settle(tx, row, { state: 'sent', lastError: null, endedAt: now }))) return;
    if (channel) {
      await changeChannel(tx, channel.id, { deliveredAt: now, failingSince: null, error: null });
    }
    return;
  }
  const error = sent.error ?? 'It could not be sent.';
  const next = new Date(now.getTime() + Math.max(delay(row.tries), sent.retryAfterMs ?? 0));
  const late = next.getTime() > row.createdAt.getTime() + GIVE_UP_MS;
  const final = sent.refused === true || late || (sent.gone === true && channel !== null);
  const changes = final
    ? { state: 'failed', lastError: error, endedAt: now }
    : { lastError: error, nextTryAt: next };
  if (!(await settle(tx, row, changes))) return;
  if (final) await sayFailed(tx, ctx, row, error);
  if (!channel || sent.refused) return;
  await changeChannel(tx, channel.id, { failingSince: channel.failingSince ?? now, error });
  if (sent.gone) await pauseGone(tx, ctx, channel, error, now);
  else await postpone(tx, channel.id, next);
}

async function sayFailed(tx: Tx, ctx: Context, row: NotificationRow, error: string): Promise<void> {
  const { id, channelId, occasion, recipient, tries } = row;
  const event = makeEvent(ctx, {
    type: 'notification.failed',
    object: { type: 'notification', id },
    ...(row.actionId ? { action: row.actionId } : {}),
    outcome: 'failed',
    data: { channel: channelId, occasion, ...(recipient ? { recipient } : {}), tries, error },
  });
  await appendEvents(tx, [event]);
}

/** The receiver wants no more: nothing is sent until someone has looked. */
async function pauseGone(
  tx: Tx,
  ctx: Context,
  channel: ChannelRow,
  error: string,
  now: Date,
): Promise<void> {
  if (channel.state !== 'active') return;
  const reason = `${error} Nothing is sent until someone resumes it.`;
  await changeChannel(tx, channel.id, { state: 'paused', reason });
  await skipAll(tx, channel.id, 'The channel was paused.', now);
  const event = makeEvent(ctx, {
    type: 'notification_channel.paused',
    object: { type: 'notification_channel', id: channel.id },
    outcome: 'failed',
    data: { name: channel.name, kind: channel.kind, reason },
  });
  await appendEvents(tx, [event]);
}

/** Twice as long each time, between half of it and all of it. */
function delay(tries: number): number {
  const whole = Math.min(FIRST_DELAY_MS * 2 ** Math.min(tries - 1, 20), LONGEST_DELAY_MS);
  return whole * (0.5 + Math.random() / 2);
}
