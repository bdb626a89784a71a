/** Beginning a draft and changing one, for every verb that does either. */
import type { Context } from '@/lib/kernel/context';
import type { NewEvent } from '@/lib/kernel/event';
import type { Tx } from '@/lib/infra/db';
import { newId } from '@/lib/kernel/ids';
import { conflict } from '@/lib/kernel/problem';
import { permitted } from '@/lib/kernel/verb';
import { refuseInvalidCedar } from '../cedar-policies/apply';
import { PolicyDocument } from './document';
import { type Edit, edited } from './edit';
import { verdictOf } from './policy';
import { readDocument } from './read';
import {
  baseOf,
  changeDraft,
  type DraftRow,
  json,
  lastVersion,
  loadDraft,
  lockVersions,
} from './repo';
import type { Draft } from './schema';
import { keepVersion } from './versions';
import { viewDraft } from './view';

interface Deed {
  ctx: Context;
  tx: Tx;
  event: (event: NewEvent) => void;
}

/** A draft that changes nothing yet. */
export async function beginDraft(
  { ctx, tx, event }: Deed,
  input: { title: string; why: string },
): Promise<DraftRow> {
  await lockVersions(tx);
  const current = await readDocument(tx);
  // A workspace in which nothing has changed yet has no version to begin at.
  const base =
    (await lastVersion(tx))?.number ??
    (await keepVersion(tx, ctx, { document: current, changes: [], why: '', origin: 'edit' }));
  const id = newId('pdr');
  await tx.policyDraft.create({
    data: {
      ...input,
      id,
      base,
      workspaceId: ctx.workspace,
      createdBy: ctx.actor.id,
      ...json({ document: current }),
    },
  });
  event({
    type: 'policy_draft.created',
    object: { type: 'policy_draft', id },
    data: { name: input.title, base },
  });
  return loadDraft(tx, id);
}

/** Does edits to an open draft, all or none; `more` is said with it. One just begun changes nothing yet. */
export async function changeOpenDraft(
  { ctx, tx, event }: Deed,
  row: DraftRow,
  edits: readonly Edit[],
  { begun = false, ...more }: { begun?: boolean } & Record<string, unknown> = {},
): Promise<Draft> {
  const before = begun ? null : await viewDraft(tx, row, ctx.actor);
  if (before) permitted(verdictOf(before.can.edit));
  const base = PolicyDocument.parse((await baseOf(tx, row)).document);
  let document = PolicyDocument.parse(row.document);
  for (const edit of edits) document = edited(document, base, edit);
  if (edits.some((edit) => edit.do.includes('cedar'))) {
    const written = edits.flatMap((edit) => (edit.do === 'set_cedar_policy' ? [edit.name] : []));
    await refuseInvalidCedar(tx, document.cedar, 'edit.text', written);
  }
  if (!(await changeDraft(tx, row, { document, by: ctx.actor.id }))) throw changedMeanwhile();
  const after = await viewDraft(tx, await loadDraft(tx, row.id), ctx.actor);
  const words = (draft: Draft | null) => (draft?.changes ?? []).map((change) => change.words);
  event({
    type: 'policy_draft.edited',
    object: { type: 'policy_draft', id: row.id },
    data: { name: row.title, ...more, before: words(before), after: words(after) },
  });
  return after;
}

export function changedMeanwhile() {
  return conflict('changed_meanwhile', 'Someone else has changed the draft. Look at it again.');
}
