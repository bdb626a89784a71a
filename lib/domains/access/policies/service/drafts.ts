import type { z } from 'zod';
import { clock } from '@/lib/kernel/clock';
import { newId } from '@/lib/kernel/ids';
import { createdKey, toPage } from '@/lib/kernel/page';
import { pageOf } from '@/lib/kernel/page-input';
import { conflict } from '@/lib/kernel/problem';
import { permitted, query, verb } from '@/lib/kernel/verb';
import { refuseInvalidCedar } from '../../cedar-policies/apply';
import { manageAccess, readAccess } from '../../policy';
import { verdictOf } from '../policy';
import { applyDocument } from '../apply';
import { PolicyDocument } from '../document';
import { edited } from '../edit';
import { readDocument } from '../read';
import {
  baseOf,
  changeDraft,
  type DraftRow,
  findDrafts,
  json,
  lastVersion,
  loadDraft,
  lockVersions,
  settleDraft,
} from '../repo';
import { CreateDraft, Draft, DraftRef, EditDraft, ListDrafts, PublishDraft } from '../schema';
import { keepVersion } from '../versions';
import { outcomeOf, viewDraft } from '../view';
import { publishedEvent } from './event';

export const listDrafts = query({
  name: 'drafts.list',
  input: ListDrafts,
  output: pageOf(Draft),
  permit: readAccess,
  run: async ({ ctx, input, tx }) => {
    const rows = await findDrafts(tx, input);
    const views = new Map<string, z.output<typeof Draft>>();
    for (const row of rows.slice(0, input.limit)) {
      views.set(row.id, await viewDraft(tx, row, ctx.actor));
    }
    const page = toPage(rows, input.limit, createdKey, ({ id }) => id);
    return { ...page, items: page.items.flatMap((id) => views.get(id) ?? []) };
  },
});

export const getDraft = query({
  name: 'drafts.get',
  input: DraftRef,
  output: Draft,
  permit: readAccess,
  run: async ({ ctx, input, tx }) => viewDraft(tx, await loadDraft(tx, input.id), ctx.actor),
});

export const createDraft = verb({
  name: 'drafts.create',
  input: CreateDraft,
  output: Draft,
  permit: manageAccess,
  run: async ({ ctx, input, tx, event }) => {
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
    return viewDraft(tx, await loadDraft(tx, id), ctx.actor);
  },
});

/** Changes one thing of an open draft. Nothing is decided by it before it is published. */
export const editDraft = verb({
  name: 'drafts.edit',
  input: EditDraft,
  output: Draft,
  permit: manageAccess,
  run: async ({ ctx, input, tx, event }) => {
    const row = await loadDraft(tx, input.id);
    const before = await viewDraft(tx, row, ctx.actor);
    permitted(verdictOf(before.can.edit));
    const base = PolicyDocument.parse((await baseOf(tx, row)).document);
    const document = edited(PolicyDocument.parse(row.document), base, input.edit);
    if (input.edit.do.includes('cedar')) await refuseInvalidCedar(tx, document.cedar, 'edit.text');
    if (!(await changeDraft(tx, row, document))) throw changedMeanwhile();
    const after = await viewDraft(tx, await loadDraft(tx, row.id), ctx.actor);
    const words = (draft: typeof before) => draft.changes.map((change) => change.words);
    event({
      type: 'policy_draft.edited',
      object: { type: 'policy_draft', id: row.id },
      data: { name: row.title, before: words(before), after: words(after) },
    });
    return after;
  },
});

export const discardDraft = verb({
  name: 'drafts.discard',
  input: DraftRef,
  output: Draft,
  permit: manageAccess,
  run: async ({ ctx, input, tx, event }) => {
    const row = await loadDraft(tx, input.id);
    permitted(verdictOf((await viewDraft(tx, row, ctx.actor)).can.discard));
    const settled = { state: 'discarded', settledAt: clock.now() } as const;
    if (!(await settleDraft(tx, row, settled))) throw changedMeanwhile();
    event({
      type: 'policy_draft.discarded',
      object: { type: 'policy_draft', id: row.id },
      data: { name: row.title },
    });
    return viewDraft(tx, await loadDraft(tx, row.id), ctx.actor);
  },
});

/** Makes a draft's changes hold, as the next version; the gateway decides by it within a second. */
export const publishDraft = verb({
  name: 'drafts.publish',
  input: PublishDraft,
  output: Draft,
  permit: manageAccess,
  run: async ({ ctx, input, tx, event }) => {
    await lockVersions(tx);
    const row = await loadDraft(tx, input.id);
    permitted(verdictOf((await viewDraft(tx, row, ctx.actor)).can.publish));
    const { current, document, changes } = await outcomeOf(tx, row);
    await applyDocument(tx, ctx, current, document);
    const number = await keepVersion(tx, ctx, {
      document: await readDocument(tx),
      changes,
      why: input.why,
      origin: 'draft',
    });
    await settle(tx, row, ctx.actor.id, number);
    event(publishedEvent('policy.published', number, changes, input.why, { draft: row.id }));
    return viewDraft(tx, await loadDraft(tx, row.id), ctx.actor);
  },
});

async function settle(
  tx: Parameters<typeof settleDraft>[0],
  row: DraftRow,
  by: string,
  as: number,
) {
  const settled = {
    state: 'published',
    settledAt: clock.now(),
    publishedBy: by,
    publishedAs: as,
  } as const;
  if (!(await settleDraft(tx, row, settled))) throw changedMeanwhile();
}

function changedMeanwhile() {
  return conflict('changed_meanwhile', 'Someone else has changed the draft. Look at it again.');
}
