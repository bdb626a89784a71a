import { membersConcerned } from '@/lib/domains/approvals/server';
import { groupsFor } from '@/lib/domains/gateway';
import { inWorkspace, type Prisma, type Tx } from '@/lib/infra/db';
import { mailConfigured } from '@/lib/infra/mail';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { appendEvents, makeEvent } from '@/lib/kernel/event';
import { newId } from '@/lib/kernel/ids';
import type { Detail } from './message/message';
import {
  activeAdmins,
  addNotifications,
  type ChannelRow,
  groupNames,
  type HeldRow,
  heldRows,
  listChannelRows,
  memberNames,
  optedOut,
  toldOf,
} from './repo';
import type { Occasion } from './schema';
import { takeEnded, takeHeld, takeReminders, takeUnmanned } from './watch';

const CHUNK = 200;
const DAY_MS = 86_400_000;

/** Writes the messages for all that has happened and was not told yet; each once, whoever looks. */
export async function gather(ctx: Context): Promise<void> {
  for (const step of [held, reminded, ended, unmanned]) {
    let taken: number;
    do taken = await inWorkspace(ctx.workspace, (tx) => step(tx, ctx));
    while (taken === CHUNK);
  }
}

async function held(tx: Tx, { workspace }: Context): Promise<number> {
  const ids = await takeHeld(tx, CHUNK);
  if (ids.length === 0) return 0;
  const told = await tellingOf(tx, workspace);
  const rows = (await heldRows(tx, ids)).filter(({ status }) => status === 'pending');
  await tellApprovers(
    tx,
    told,
    rows.map((row) => ({ row, occasion: 'held', subject: row.id })),
  );
  return ids.length;
}

async function reminded(tx: Tx, { workspace }: Context): Promise<number> {
  const reminders = await takeReminders(tx, CHUNK);
  if (reminders.length === 0) return 0;
  const told = await tellingOf(tx, workspace);
  const names = await groupNames(tx);
  const rows = await heldRows(
    tx,
    reminders.map(({ action_id }) => action_id),
  );
  const news = reminders.flatMap(({ action_id, kinds }) => {
    const row = rows.find(({ id }) => id === action_id);
    if (row?.status !== 'pending') return [];
    return kinds.map((kind) => ({
      row,
      ...reminderOf(row, kind, names),
      subject: `${row.id}/${kind}`,
    }));
  });
  await tellApprovers(tx, told, news);
  return reminders.length;
}

function reminderOf(
  row: HeldRow,
  kind: string,
  names: ReadonlyMap<string, string>,
): { occasion: Occasion; detail?: Detail } {
  if (kind === 'half' || kind === 'nine_tenths') return { occasion: kind };
  const [, need, step] = kind.split(':').map(Number);
  const group = row.needs[need ?? 0]?.escalation[step ?? 0]?.group;
  const name = group ? names.get(group) : undefined;
  return { occasion: 'escalated', detail: name === undefined ? {} : { group: name } };
}

async function ended(tx: Tx, { workspace }: Context): Promise<number> {
  const ids = await takeEnded(tx, CHUNK);
  if (ids.length === 0) return 0;
  const told = await tellingOf(tx, workspace);
  const rows = await heldRows(tx, ids);
  const names = await memberNames(
    tx,
    rows.map(({ decidedBy }) => decidedBy),
  );
  const before = await toldOf(tx, ids);
  const out = await optedOut(tx);
  const admins = await activeAdmins(tx);
  await addNotifications(
    tx,
    rows.flatMap((row) => {
      const occasion = row.status === 'expired' ? 'expired' : 'decided';
      const refused = row.status === 'rejected' || row.status === 'cancelled';
      const outcome = row.planted ? 'planted' : refused ? row.status : 'approved';
      const by = names.get(row.decidedBy ?? '');
      const detail: Detail = {
        ...(occasion === 'decided' ? { outcome } : {}),
        ...(by === undefined ? {} : { by }),
      };
      const news: News = { row, occasion, detail, subject: row.id };
      // Who was asked by mail is told how it ended, but not who ended it.
      const mailed = told.channels.flatMap((channel) => {
        if (channel.kind !== 'email' || !wants(channel, news, told.now)) return [];
        const asked = before.filter(
          (one) => one.channelId === channel.id && one.actionId === row.id,
        );
        const people = new Set(asked.map(({ recipient }) => recipient));
        people.delete(row.decidedBy ?? '');
        return [...people]
          .filter((member) => !out.has(member))
          .map((member) => told.message(news, channel.id, member));
      });
      if (row.brokeGlass) {
        const glass: News = { ...news, occasion: 'broke_glass' };
        return [...mailed, ...told.everywhere(glass), ...told.admins(glass, admins)];
      }
      return [...mailed, ...told.posted(news)];
    }),
  );
  return ids.length;
}

/** An empty group is nobody; said before anything waits for it in vain. */
async function unmanned(tx: Tx, ctx: Context): Promise<number> {
  const groups = await takeUnmanned(tx, clock.now());
  if (groups.length === 0) return 0;
  const told = await tellingOf(tx, ctx.workspace);
  const admins = await activeAdmins(tx);
  await addNotifications(
    tx,
    groups.flatMap(({ id, name, routes }) => {
      const subject = `${id}@${told.now.toISOString()}`;
      const news: News = {
        occasion: 'unmanned',
        subject,
        detail: { group: name, routes },
        groups: [id],
      };
      return [...told.posted(news), ...told.admins(news, admins)];
    }),
  );
  await appendEvents(
    tx,
    groups.map(({ id, name, routes }) =>
      makeEvent(ctx, {
        type: 'approver_group.unmanned',
        object: { type: 'approver_group', id },
        data: { name, routes },
      }),
    ),
  );
  return 0;
}

/** One thing to tell. */
interface News {
  row?: HeldRow;
  occasion: Occasion;
  subject: string;
  detail?: Detail;
  /** The groups it concerns, where no action says so. */
  groups?: string[];
}

interface Telling {
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
  /** To each admin, whatever the channels are. */
  admins: (news: News, admins: readonly string[]) => Prisma.NotificationCreateManyInput[];
}

async function tellingOf(tx: Tx, workspaceId: string): Promise<Telling> {
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
    admins: (news, admins) =>
      mailConfigured() ? admins.map((admin) => message(news, null, admin)) : [],
  };
}

/** Whether a channel is for this: its occasions, and its groups if it has any. */
function wants(channel: ChannelRow, news: News, now: Date): boolean {
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

/** To the channels that want it; by mail to those who could sign it now and want mail. */
async function tellApprovers(tx: Tx, told: Telling, all: readonly News[]): Promise<void> {
  const mail = told.channels.filter(({ kind }) => kind === 'email');
  const mailed = all.filter((news) => mail.some((one) => wants(one, news, told.now)));
  const ids = mailed.flatMap(({ row }) => (row ? [row.id] : []));
  const concerned = ids.length > 0 ? await membersConcerned(tx, ids) : new Map<string, string[]>();
  const out = ids.length > 0 ? await optedOut(tx) : new Set<string>();
  await addNotifications(
    tx,
    all.flatMap((news) => [
      ...told.posted(news),
      ...mail
        .filter((one) => wants(one, news, told.now))
        .flatMap((one) =>
          (concerned.get(news.row?.id ?? '') ?? [])
            .filter((member) => !out.has(member))
            .map((member) => told.message(news, one.id, member)),
        ),
    ]),
  );
}
