import type { Client } from '@/lib/infra/pg';
import type { SignedRow } from './intact';

/** The approval of an action with its signatures; the client's transaction has the workspace set. */
export async function readSigned(client: Client, id: string): Promise<SignedRow | undefined> {
  const { rows } = await client.query<SignedRow>({
    name: 'approval-signed',
    text: `SELECT display, display_digest, decision, needs, narrowed, narrowed_digest, broke_glass,
             EXISTS (SELECT 1 FROM planted_requests r WHERE r.action_id = approvals.action_id) AS planted,
             (SELECT coalesce(json_agg(json_build_object(
                'member_id', s.member_id, 'in_place_of', s.in_place_of, 'decision', s.decision, 'places', s.places,
                'digest', s.digest, 'display_digest', s.display_digest, 'extra', s.extra) ORDER BY s.signed_at, s.id), '[]')
              FROM approval_signatures s WHERE s.action_id = approvals.action_id) AS signatures
           FROM approvals WHERE action_id = $1`,
    values: [id],
  });
  return rows[0];
}
