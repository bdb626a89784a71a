/** Who hears of something, and by which channel. */
import { groupsFor } from '@/lib/domains/gateway';
import type { Prisma, Tx } from '@/lib/infra/db';
import { mailConfigured } from '@/lib/infra/mail';
import { clock } from '@/lib/kernel/clock';
import { newId } from '@/lib/kernel/ids';
import type { Detail } from './message/message';
import { type ChannelRow, type HeldRow, listChannelRows } from './repo';
import type { Occasion } from './schema';

const DAY_MS = 86_400_000;

/** One thing to tell. */
export interface News {
  row?: HeldRow;
  occasion: Occasion;
  subject: string;
  detail?: Detail;
  /** The groups it concerns, where no action says so. */
  groups?: string[];
}

export interface Telling {
  channels: ChannelRow[];
  now: Date;
  message: (
    news: News,
    channel: string | null,
    recipient?: string,
  ) => Prisma.NotificationCreateManyInput;
  /** To each channel with one address that wants it. */
  posted: (news: News) => Prisma.NotificationCreateManyInput[];
  /** To each channel with one address, whatever it wants. */
  everywhere: (news: News) => Prisma.NotificationCreateManyInput[];
  /** By mail to those of these members who want mail, where a channel of mail wants it. */
  mailed: (
    news: News,
    members: readonly string[],
    out: ReadonlySet<string>,
  ) => Prisma.NotificationCreateManyInput[];
  /** To each admin, whatever the channels are. */
  admins: (news: News, admins: readonly string[]) => Prisma.NotificationCreateManyInput[];
}

export async function tellingOf(tx: Tx, workspaceId: string): Promise<Telling> {
  const now = clock.now();
  // Before all that waits, however much that is.
  const first = new Date(now.getTime() - DAY_MS);
  const channels = await listChannelRows(tx);
  const message: Telling['message'] = (news, channelId, recipient = '') => ({
    ...{ id: newId('ntf'), workspaceId, channelId, recipient },
    ...{ occasion: news.occasion, subject: news.subject, actionId: news.row?.id ?? null },
    detail: (news.detail ?? {}) as Prisma.InputJsonObject,
    nextTryAt: news.occasion === 'broke_glass' ? first : now,
    createdAt: now,
  });
  const addressed = channels.filter(({ kind }) => kind !== 'email');
  return {
    channels,
    now,
    message,
    posted: (news) =>
      addressed.filter((one) => wants(one, news, now)).map((one) => message(news, one.id)),
    everywhere: (news) => addressed.map((one) => message(news, one.id)),
    mailed: (news, members, out) =>
      channels
        .filter((one) => one.kind === 'email' && wants(one, news, now))
        .flatMap((one) => {
          const to = members.filter((member) => !out.has(member));
          return to.map((member) => message(news, one.id, member));
        }),
    admins: (news, admins) =>
      mailConfigured() ? admins.map((admin) => message(news, null, admin)) : [],
  };
}

/** Whether a channel is for this: its occasions, and its groups if it has any. */
export function wants(channel: ChannelRow, news: News, now: Date): boolean {
  if (channel.state !== 'active' || !channel.occasions.includes(news.occasion)) return false;
  if (channel.kind === 'email' && !mailConfigured()) return false;
  const groups = channel.groups as string[] | null;
  if (groups === null) return true;
  const { row } = news;
  const waited = row ? now.getTime() - row.requestedAt.getTime() : 0;
  const concerned = row
    ? row.needs.flatMap((need) => groupsFor(need, waited))
    : (news.groups ?? []);
  return concerned.some((group) => group !== null && groups.includes(group));
}
