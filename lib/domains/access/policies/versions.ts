/** Every change to what decisions rest on makes a version, whichever verb made the change. */
import { readSettings } from '@/lib/domains/workspaces/server';
import type { Tx } from '@/lib/infra/db';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import type { Observed } from '@/lib/kernel/observe';
import { conflict } from '@/lib/kernel/problem';
import { same } from './compare';
import { type Change, diff } from './diff';
import { PolicyDocument } from './document';
import { readDocument } from './read';
import { insertVersion, lastVersion, lockVersions } from './repo';

/** Verbs that say one of these may have changed a decision. */
const telling = /^(role|permission|agent_role|action_type|tool|agent|workspace|data_|cedar_)/;

/** Keeps a version of what a verb changed, and undoes the deed when a second admin is needed for it. */
export async function versionDeed({ ctx, tx, events }: Observed): Promise<void> {
  if (!events.some(({ type }) => telling.test(type))) return;
  await lockVersions(tx);
  const last = await lastVersion(tx);
  const document = await readDocument(tx);
  const before = last && PolicyDocument.parse(last.document);
  const changes = before ? diff(before, document) : [];
  if (before && changes.length === 0 && isWhole(before)) return;
  const careful = before?.secondAdmin ?? (await readSettings(tx)).secondAdminWidens;
  if (careful && ctx.actor.type === 'member' && changes.some(({ widens }) => widens)) {
    const [wide] = changes.filter(({ widens }) => widens);
    throw conflict(
      'second_admin_needed',
      `This lets agents do more (${wide?.words ?? ''}). ${wide && isDraftable(wide) ? 'Draft it under Policies; another admin publishes it.' : 'It is no part of a draft: first two admins end, by a draft, that a second one is asked for.'}`,
    );
  }
  const files = events.find(({ type }) => type === 'configuration.applied');
  const why = String(files?.data?.['reason'] ?? '');
  await keepVersion(tx, ctx, { document, changes, why, origin: files ? 'files' : 'edit' });
}

/** Whether it keeps all that documents have by now; one from before gets a version that does. */
function isWhole({ signing, actionTypes, agents }: PolicyDocument): boolean {
  return (
    signing !== undefined &&
    Object.values(actionTypes).every(({ request }) => request !== undefined) &&
    Object.values(agents).every(({ model }) => model !== undefined)
  );
}

/** Whether an edit of a draft can make the change. */
function isDraftable({ path, before, after }: Change): boolean {
  const [of] = path.split('/');
  if (of === 'approvers') return false;
  if (of !== 'action types' && of !== 'agents') return true;
  if (path.split('/').length > 2) return true;
  const own = of === 'agents' ? 'clearance' : 'classification';
  const but = (document: unknown) => ({ ...(document as object), [own]: null, effective: null });
  return same(but(before), but(after));
}

export interface Kept {
  document: PolicyDocument;
  changes: readonly Change[];
  why: string;
  origin: 'edit' | 'draft' | 'rollback' | 'files';
}

/** Writes the next version; the caller holds the lock. Returns its number. */
export async function keepVersion(tx: Tx, ctx: Context, kept: Kept): Promise<number> {
  const number = ((await lastVersion(tx))?.number ?? 0) + 1;
  await insertVersion(tx, {
    id: newId('pvr'),
    workspaceId: ctx.workspace,
    number,
    document: kept.document,
    changes: kept.changes,
    why: kept.why,
    origin: kept.origin,
    createdBy: ctx.actor.id,
  });
  return number;
}
