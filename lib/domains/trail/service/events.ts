import { conflict, notFound } from '@/lib/kernel/problem';
import { query } from '@/lib/kernel/verb';
import { mayReadStory, maySearch } from '../policy';
import { findEvent, findStory, toldLater } from '../repo';
import { eventDetail, eventInput, storyInput, storyView } from '../schema';
import { viewEvent } from '../view';

export const getEvent = query({
  name: 'trail.event',
  input: eventInput,
  output: eventDetail,
  permit: maySearch,
  run: async ({ ctx, input }) => {
    const row = await findEvent(ctx.workspace, input.id);
    if (!row?.body) throw notFound('event');
    return {
      index: Number(row.idx),
      event: viewEvent(row),
      body: row.body,
      leaf_hash: row.leaf_hash.toString('base64'),
    };
  },
});

/**
 * One action in order: its session's start, decision, approval, execution, outcome. Where requests
 * are planted, approvers are told it once it has been decided: a planted one has no story, and
 * would be known by that.
 */
export const getStory = query({
  name: 'trail.story',
  input: storyInput,
  output: storyView,
  permit: mayReadStory,
  run: async ({ ctx, input, tx }) => {
    if (!maySearch(ctx.actor).allowed && (await toldLater(tx, input.action))) {
      throw conflict('not_decided', 'Its story is told once it has been decided.');
    }
    const rows = await findStory(ctx.workspace, input.action);
    if (rows.length === 0) throw notFound('action in the trail');
    return { action: input.action, items: rows.map(viewEvent) };
  },
});
