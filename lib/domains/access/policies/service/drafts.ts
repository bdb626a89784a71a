import type { z } from 'zod';
import { clock } from '@/lib/kernel/clock';
import { createdKey, toPage } from '@/lib/kernel/page';
import { pageOf } from '@/lib/kernel/page-input';
import { permitted, query, verb } from '@/lib/kernel/verb';
import { manageAccess, readAccess } from '../../policy';
import { verdictOf } from '../policy';
import { applyDocument } from '../apply';
import { beginDraft, changedMeanwhile, changeOpenDraft } from '../drafting';
import { readDocument } from '../read';
import { type DraftRow, findDrafts, loadDraft, lockVersions, settleDraft } from '../repo';
import { CreateDraft, Draft, DraftRef, EditDraft, ListDrafts, PublishDraft } from '../schema';
import { keepVersion } from '../versions';
import { authorsOf, outcomeOf, viewDraft } from '../view';
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
  run: async (deed) => viewDraft(deed.tx, await beginDraft(deed, deed.input), deed.ctx.actor),
});

/** Changes one thing of an open draft. Nothing is decided by it before it is published. */
export const editDraft = verb({
  name: 'drafts.edit',
  input: EditDraft,
  output: Draft,
  permit: manageAccess,
  run: async (deed) =>
    changeOpenDraft(deed, await loadDraft(deed.tx, deed.input.id), [deed.input.edit]),
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
    const view = await viewDraft(tx, row, ctx.actor);
    permitted(verdictOf(view.can.publish));
    if (input.digest !== undefined && input.digest !== view.digest) throw changedMeanwhile();
    const { current, document, changes } = await outcomeOf(tx, row);
    await applyDocument(tx, ctx, current, document, authorsOf(row));
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
