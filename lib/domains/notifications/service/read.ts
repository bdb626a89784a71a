import { z } from 'zod';
import type { Tx } from '@/lib/infra/db';
import { mailConfigured } from '@/lib/infra/mail';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { createdKey, toPage } from '@/lib/kernel/page';
import { query } from '@/lib/kernel/verb';
import { manageChannels, readChannels, readPreference } from '../policy';
import {
  type ChannelRow,
  countsOf,
  findMember,
  groupNames,
  listChannelRows,
  listNotificationRows,
  loadChannel,
  memberNames,
  optedOut,
} from '../repo';
import {
  ChannelRef,
  Channels,
  ChannelView,
  ListNotifications,
  NotificationPage,
  type NotificationView,
  Preference,
} from '../schema';
import { channelView } from '../view';

const WEEK_MS = 7 * 86_400_000;

async function viewChannels(tx: Tx, ctx: Context, rows: ChannelRow[]): Promise<ChannelView[]> {
  const now = clock.now();
  const counts = await countsOf(tx, new Date(now.getTime() - WEEK_MS));
  const around = { groups: await groupNames(tx), counts, actor: ctx.actor, now };
  return rows.map((row) => channelView(row, around));
}

export async function viewChannel(tx: Tx, ctx: Context, row: ChannelRow): Promise<ChannelView> {
  const [view] = await viewChannels(tx, ctx, [row]);
  if (!view) throw new Error('a channel has a view');
  return view;
}

export const listChannels = query({
  name: 'notification_channels.list',
  input: z.strictObject({}),
  output: Channels,
  permit: readChannels,
  run: async ({ ctx, tx }) => ({
    items: await viewChannels(tx, ctx, await listChannelRows(tx)),
    next: null,
    email: { configured: mailConfigured() },
    can: { create: manageChannels(ctx.actor) },
  }),
});

export const getChannel = query({
  name: 'notification_channels.get',
  input: ChannelRef,
  output: ChannelView,
  permit: readChannels,
  run: async ({ ctx, input, tx }) => viewChannel(tx, ctx, await loadChannel(tx, input.id)),
});

/** What was sent, is to be sent, and could not be; newest first. */
export const listNotifications = query({
  name: 'notifications.list',
  input: ListNotifications,
  output: NotificationPage,
  permit: readChannels,
  run: async ({ input, tx }) => {
    const rows = await listNotificationRows(tx, input, input.limit + 1);
    const names = await memberNames(
      tx,
      rows.map(({ recipient }) => recipient),
    );
    return toPage(rows, input.limit, createdKey, (row): NotificationView => ({
      id: row.id,
      channel: row.channel,
      occasion: row.occasion,
      action: row.actionId,
      recipient: row.recipient
        ? { id: row.recipient, name: names.get(row.recipient) ?? row.recipient }
        : null,
      state: row.state as NotificationView['state'],
      tries: row.tries,
      error: row.lastError,
      next_try_at: row.state === 'queued' ? row.nextTryAt.toISOString() : null,
      created_at: row.createdAt.toISOString(),
      ended_at: row.endedAt?.toISOString() ?? null,
    }));
  },
});

/** Whether the reader gets mail, and where. */
export const getPreference = query({
  name: 'notifications.preference',
  input: z.strictObject({}),
  output: Preference,
  permit: readPreference,
  run: ({ ctx, tx }) => preferenceOf(tx, ctx),
});

export async function preferenceOf(tx: Tx, ctx: Context): Promise<Preference> {
  const channels = await listChannelRows(tx);
  const member = await findMember(tx, ctx.actor.id);
  return {
    email: !(await optedOut(tx)).has(ctx.actor.id),
    address: member?.email ?? '',
    configured: mailConfigured(),
    channel: channels.some(({ kind, state }) => kind === 'email' && state === 'active'),
  };
}
