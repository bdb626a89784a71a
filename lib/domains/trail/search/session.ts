import { notFound } from '@/lib/kernel/problem';
import { query } from '@/lib/kernel/verb';
import { maySearch } from '../policy';
import { type EventRow, LIST, reading } from '../repo';
import { viewEvent } from '../view';
import { sessionInput, sessionView } from './schema';

const MOST = 1_000;

/** A session from its start: prompts, decisions, approvals, tool calls and outcomes, in the order of the log. */
export const getSession = query({
  name: 'trail.session',
  input: sessionInput,
  output: sessionView,
  permit: maySearch,
  run: async ({ ctx, input }) => {
    const rows = await reading(ctx.workspace, async (client) => {
      const text = `SELECT ${LIST} FROM events WHERE workspace_id = $1 AND session_id = $2 ORDER BY idx LIMIT ${MOST + 1}`;
      return (await client.query<EventRow>(text, [ctx.workspace, input.session])).rows;
    });
    if (rows.length === 0) throw notFound('session in the trail');
    return {
      session: input.session,
      items: rows.slice(0, MOST).map(viewEvent),
      cut: rows.length > MOST,
    };
  },
});
