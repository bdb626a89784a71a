import { clock } from '@/lib/kernel/clock';
import { conflict } from '@/lib/kernel/problem';
import { verb } from '@/lib/kernel/verb';
import { mayManage } from '../policy';
import { countLive, loadAgent } from '../repo';
import { createCredentialInput, MAX_LIVE_CREDENTIALS, newCredential } from '../schema';
import { viewOf } from '../view';
import { issueCredential, publicFacts } from './issue';

const DAY = 86_400_000;

/** Gives an agent another credential; its private part is in the answer and nowhere else. */
export const createCredential = verb({
  name: 'identity.create_credential',
  input: createCredentialInput,
  output: newCredential,
  permit: mayManage,
  run: async ({ ctx, input, tx, event }) => {
    const agent = await loadAgent(tx, input.agentId);
    if (agent.state === 'retired') {
      throw conflict('agent_retired', 'The agent is retired and can have no new credential.');
    }
    if ((await countLive(tx, agent.id)) >= MAX_LIVE_CREDENTIALS) {
      throw conflict(
        'too_many_credentials',
        `The agent has ${MAX_LIVE_CREDENTIALS} live credentials. Revoke one first.`,
      );
    }
    const now = clock.now();
    const { row, material } = await issueCredential(tx, {
      workspace: ctx.workspace,
      agentId: agent.id,
      kind: input.kind,
      label: input.label,
      createdBy: ctx.actor.id,
      now,
      expiresAt: input.expiresInDays ? new Date(now.getTime() + input.expiresInDays * DAY) : null,
      publicJwk: input.kind === 'key_pair' ? input.publicJwk : undefined,
    });
    event({
      type: 'credential.created',
      object: { type: 'credential', id: row.id },
      agent: agent.id,
      data: publicFacts(row),
    });
    return { credential: viewOf(row, ctx.actor, now), clientId: agent.id, ...material };
  },
});
