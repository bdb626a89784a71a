import type pg from 'pg';
import { newId } from '@/lib/kernel/ids';

/** An open question to the agent about a held action, as if this member had asked it. */
export async function askAbout(
  owner: pg.Pool,
  { workspace, held, by }: { workspace: string; held: string; by: string },
): Promise<string> {
  const id = newId('qst');
  await owner.query(
    `INSERT INTO approval_questions (id, workspace_id, action_id, question, asked_by, asked_at)
     VALUES ($1, $2, $3, $4, $5, now())`,
    [id, workspace, held, `Is it for ${workspace}?`, by],
  );
  return id;
}
