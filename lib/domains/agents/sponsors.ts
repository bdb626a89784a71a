/** Who has answered for an agent, while that still keeps them from deciding about it. */
import type { Tx } from '@/lib/infra/db';

/** How long it does where a workspace asks for a second admin. */
const DAYS = 7;
const DAY = 86_400_000;

/**
 * From when on who has answered for an agent counts as its sponsor, for what waits since `at`: from
 * then on, so that nobody is put in their place for as long as it takes to decide. Where a second
 * admin is asked for it is some days more, for who is put there before it is asked.
 */
export function sponsoredSince(at: Date, now: Date, secondAdmin: boolean): Date {
  return secondAdmin ? new Date(Math.min(at.getTime(), now.getTime() - DAYS * DAY)) : at;
}

/** Who has answered for these agents and no longer does, and until when they did, by agent. */
export async function formerSponsors(tx: Tx, agents: string[]) {
  const rows = await tx.formerSponsor.findMany({ where: { agentId: { in: agents } } });
  return new Map(agents.map((id) => [id, rows.filter(({ agentId }) => agentId === id)]));
}
