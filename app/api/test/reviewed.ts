import type pg from 'pg';
import { newId } from '@/lib/kernel/ids';
import type { Ids } from './ids';

/** A sample of an action, and a finding about it, as a day's draw and a wrong verdict would have made them. */
export async function makeReviewed(
  owner: pg.Pool,
  workspace: string,
  action: string,
  member: string,
): Promise<Pick<Ids, 'sample' | 'reviewFinding'>> {
  const [sample, reviewFinding] = [newId('smp'), newId('rfd')];
  await owner.query(
    `INSERT INTO samples (id, workspace_id, day, action_id, due_at)
     VALUES ($1, $2, current_date, $3, now() + interval '1 day')`,
    [sample, workspace, action],
  );
  await owner.query(
    `INSERT INTO review_findings (id, workspace_id, sample_id, opened_by, opened_at)
     VALUES ($1, $2, $3, $4, now())`,
    [reviewFinding, workspace, sample, member],
  );
  return { sample, reviewFinding };
}
