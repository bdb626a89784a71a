import { pageOf } from '@/lib/kernel/page-input';
import { createdKey, toPage } from '@/lib/kernel/page';
import { query } from '@/lib/kernel/verb';
import { readAgents } from '../policy';
import { findAgents, loadAgent, viewAgent } from '../repo';
import { Agent, AgentRef, ListAgents } from '../schema';

export const listAgents = query({
  name: 'agents.list',
  input: ListAgents,
  output: pageOf(Agent),
  permit: readAgents,
  run: async ({ ctx, input, tx }) =>
    toPage(await findAgents(tx, input), input.limit, createdKey, (row) =>
      viewAgent(row, ctx.actor),
    ),
});

export const getAgent = query({
  name: 'agents.get',
  input: AgentRef,
  output: Agent,
  permit: readAgents,
  run: async ({ ctx, input, tx }) => viewAgent(await loadAgent(tx, input.id), ctx.actor),
});
