import { defined } from '@/lib/kernel/defined';
import { newId } from '@/lib/kernel/ids';
import { permitted, verb } from '@/lib/kernel/verb';
import { agentAbilities, manageAgents } from '../policy';
import { agentFields, assertSponsor, loadAgent, viewAgent } from '../repo';
import { Agent, CreateAgent, UpdateAgent, type AgentState } from '../schema';

export const createAgent = verb({
  name: 'agents.create',
  input: CreateAgent,
  output: Agent,
  permit: manageAgents,
  run: async ({ ctx, input, tx, event }) => {
    await assertSponsor(tx, input.sponsorId);
    const { id } = await tx.agent.create({
      data: { ...input, id: newId('agt'), workspaceId: ctx.workspace, createdBy: ctx.actor.id },
    });
    const row = await loadAgent(tx, id);
    event({
      type: 'agent.created',
      agent: id,
      object: { type: 'agent', id },
      data: { before: null, after: agentFields(row) },
    });
    return viewAgent(row, ctx.actor);
  },
});

export const updateAgent = verb({
  name: 'agents.update',
  input: UpdateAgent,
  output: Agent,
  permit: manageAgents,
  run: async ({ ctx, input, tx, event }) => {
    const { id, ...changes } = input;
    const before = await loadAgent(tx, id);
    permitted(agentAbilities(ctx.actor, { state: before.state as AgentState }).update);
    if (changes.sponsorId !== undefined) await assertSponsor(tx, changes.sponsorId);
    await tx.agent.update({
      where: { id },
      data: { ...defined(changes), ...(changes.sponsorId ? { awaitedSponsor: null } : {}) },
    });
    const after = await loadAgent(tx, id);
    event({
      type: 'agent.updated',
      agent: id,
      object: { type: 'agent', id },
      data: { before: agentFields(before), after: agentFields(after) },
    });
    return viewAgent(after, ctx.actor);
  },
});
