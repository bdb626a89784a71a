import { Fits, type Need, Needs, type Signing } from '@/lib/domains/gateway';
import type { Tx } from '@/lib/infra/db';

export interface RouteRow {
  id: string;
  name: string;
  position: number;
  fits: Fits;
  needs: Need[];
  wait_minutes: number | null;
  signing: Signing | null;
}

/** In the order in which they are tried. */
export async function listRoutes(tx: Tx): Promise<RouteRow[]> {
  const rows = await tx.approvalRoute.findMany({ orderBy: [{ position: 'asc' }, { id: 'asc' }] });
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    position: row.position,
    fits: Fits.parse(row.fits),
    needs: Needs.parse(row.needs),
    wait_minutes: row.waitMinutes,
    signing: row.signing as Signing | null,
  }));
}

/** Every group that these needs name, first or after an escalation. */
export function groupsNeededBy(needs: readonly Need[]): Set<string> {
  const named = needs.flatMap((need) => [need.group, ...need.escalation.map(({ group }) => group)]);
  return new Set(named.filter((group) => group !== null));
}
