import { readSettings } from '@/lib/domains/workspaces/server';
import type { Tx } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import { conflict, invalid } from '@/lib/kernel/problem';
import { type Deed, verb } from '@/lib/kernel/verb';
import { assertMayBecome } from '../lifecycle';
import { manageAgents } from '../policy';
import {
  type AgentRow,
  countLeft,
  loadAgent,
  moveAgent,
  revokeCredentials,
  viewAgent,
} from '../repo';
import { ActivateAgent, Agent, type AgentState, RetireAgent, SuspendAgent } from '../schema';

export const activateAgent = verb({
  name: 'agents.activate',
  input: ActivateAgent,
  output: Agent,
  permit: manageAgents,
  run: async (deed) => {
    const row = await loadAgent(deed.tx, deed.input.id);
    if (!row.sponsor) {
      throw invalid([
        {
          field: 'sponsorId',
          message: row.awaitedSponsor
            ? `an agent needs a sponsor before it is active; ${row.awaitedSponsor} is not a member yet`
            : 'an agent needs a sponsor before it is active',
        },
      ]);
    }
    const to = deed.input.probation ? 'probation' : 'active';
    if (to === 'active' && row.state !== 'draft') await assertOneMayFree(deed.tx);
    return change(deed, row, to, '', {});
  },
});

/**
 * From probation or a stop to acting by its permissions alone lets an agent do more; a draft of
 * policies holds no states, so with a second admin asked for one admin only has it tried again.
 */
async function assertOneMayFree(tx: Tx): Promise<void> {
  const { secondAdminWidens } = await readSettings(tx);
  if (!secondAdminWidens) return;
  throw conflict(
    'second_admin_needed',
    'This lets the agent do more, and the workspace asks for a second admin. Activate it on probation, or first two admins end, by a draft, that a second one is asked for.',
  );
}

export const suspendAgent = verb({
  name: 'agents.suspend',
  input: SuspendAgent,
  output: Agent,
  permit: manageAgents,
  run: async (deed) => {
    const row = await loadAgent(deed.tx, deed.input.id);
    return change(deed, row, 'suspended', deed.input.reason, await countLeft(deed.tx, row.id));
  },
});

/** Ends an agent for good: its credentials are revoked with it. */
export const retireAgent = verb({
  name: 'agents.retire',
  input: RetireAgent,
  output: Agent,
  permit: manageAgents,
  run: async (deed) => {
    const row = await loadAgent(deed.tx, deed.input.id);
    assertMayBecome(row.state as AgentState, 'retired');
    const revoked = await revokeCredentials(deed.tx, row.id, clock.now());
    for (const id of revoked) {
      deed.event({
        type: 'credential.revoked',
        agent: row.id,
        object: { type: 'credential', id },
        data: { reason: 'The agent was retired.' },
      });
    }
    return change(deed, row, 'retired', deed.input.reason, { credentials: revoked.length });
  },
});

async function change<I>(
  { ctx, tx, event }: Deed<I>,
  row: AgentRow,
  to: AgentState,
  reason: string,
  data: Record<string, unknown>,
): Promise<Agent> {
  assertMayBecome(row.state as AgentState, to);
  if (!(await moveAgent(tx, row, to, reason, clock.now()))) {
    throw conflict(
      'changed_meanwhile',
      'Someone changed this agent meanwhile. Reload and try again.',
    );
  }
  event({
    type: to === 'active' || to === 'probation' ? 'agent.activated' : `agent.${to}`,
    agent: row.id,
    object: { type: 'agent', id: row.id },
    data: { before: { state: row.state }, after: { state: to }, reason, ...data },
  });
  return viewAgent(await loadAgent(tx, row.id), ctx.actor);
}
