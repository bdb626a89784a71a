/** Messages of what happened in the reviews; each of these notes in its transaction that it told. */
import {
  takeAssigned,
  takeFindings,
  takeOverdue,
  takeProposals,
} from '@/lib/domains/reviews/server';
import type { Tx } from '@/lib/infra/db';
import type { Context } from '@/lib/kernel/context';
import { clock } from '@/lib/kernel/clock';
import { activeAdmins, addNotifications, optedOut } from './repo';
import { type News, tellingOf } from './telling';

/** One message a person and day; a channel with one address gets how many there are in all. */
export async function assigned(tx: Tx, { workspace }: Context): Promise<number> {
  const now = clock.now();
  const { day, people } = await takeAssigned(tx, now);
  if (people.length === 0) return 0;
  const told = await tellingOf(tx, workspace);
  const out = await optedOut(tx);
  const news = (subject: string, count: number, due: Date): News => ({
    occasion: 'review_assigned',
    subject,
    detail: { count, due: due.toISOString() },
  });
  const count = people.reduce((sum, one) => sum + one.count, 0);
  const due = new Date(Math.min(...people.map((one) => one.due.getTime())));
  await addNotifications(tx, [
    ...told.posted(news(`${day}@${now.toISOString()}`, count, due)),
    ...people.flatMap((one) => told.mailed(news(day, one.count, one.due), [one.member], out)),
  ]);
  return 0;
}

/** One message for all that became everybody's since the last look. */
export async function overdue(tx: Tx, { workspace }: Context): Promise<number> {
  const taken = await takeOverdue(tx);
  if (!taken) return 0;
  const { due, ids, members } = taken;
  const told = await tellingOf(tx, workspace);
  const news: News = {
    occasion: 'review_overdue',
    // A sample is escalated once.
    subject: ids[0] ?? '',
    detail: { count: ids.length, due: due.toISOString() },
  };
  await addNotifications(tx, [
    ...told.posted(news),
    ...told.mailed(news, members, await optedOut(tx)),
  ]);
  return 0;
}

export async function findings(tx: Tx, { workspace }: Context): Promise<number> {
  const opened = await takeFindings(tx);
  if (opened.length === 0) return 0;
  const told = await tellingOf(tx, workspace);
  const out = await optedOut(tx);
  const admins = await activeAdmins(tx);
  await addNotifications(
    tx,
    opened.flatMap(({ actionType, agent, day, id, sponsor }) => {
      const news: News = {
        occasion: 'review_finding',
        subject: id,
        detail: { finding: id, agent, action_type: actionType, day },
      };
      const members = new Set([...admins, ...(sponsor === null ? [] : [sponsor])]);
      return [...told.posted(news), ...told.mailed(news, [...members], out)];
    }),
  );
  return 0;
}

export async function proposed(tx: Tx, { workspace }: Context): Promise<number> {
  const proposals = await takeProposals(tx);
  if (proposals.length === 0) return 0;
  const told = await tellingOf(tx, workspace);
  const out = await optedOut(tx);
  const admins = await activeAdmins(tx);
  await addNotifications(
    tx,
    proposals.flatMap(({ action_type, move, permission, role, since, why }) => {
      const news: News = {
        occasion: 'tier_proposed',
        subject: `${permission}/${move}@${since.toISOString()}`,
        detail: { move, role, action_type, why },
      };
      return [...told.posted(news), ...told.mailed(news, admins, out)];
    }),
  );
  return 0;
}
