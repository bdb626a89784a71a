import { membersConcerned } from '@/lib/domains/approvals/server';
import { inWorkspace, type Tx } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { appendEvents, makeEvent } from '@/lib/kernel/event';
import type { Detail } from './message/message';
import {
  activeAdmins,
  addNotifications,
  groupNames,
  type HeldRow,
  heldRows,
  memberNames,
  optedOut,
  toldOf,
} from './repo';
import type { Occasion } from './schema';
import { assigned, findings, overdue, proposed } from './gather-reviews';
import { type News, type Telling, tellingOf, wants } from './telling';
import { takeEnded, takeHeld, takeReminders, takeUnmanned } from './watch';

const CHUNK = 200;

/** Writes the messages for all that has happened and was not told yet; each once, whoever looks. */
export async function gather(ctx: Context): Promise<void> {
  for (const step of [held, reminded, ended, unmanned, assigned, overdue, findings, proposed]) {
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
      ...told.mailed(news, concerned.get(news.row?.id ?? '') ?? [], out),
    ]),
  );
}
