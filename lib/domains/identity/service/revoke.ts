import { clock } from '@/lib/kernel/clock';
import { conflict } from '@/lib/kernel/problem';
import { verb } from '@/lib/kernel/verb';
import { mayManage } from '../policy';
import { loadCredential, moveCredential } from '../repo';
import { credentialView, revokeCredentialInput } from '../schema';
import { viewOf } from '../view';

/** Revokes a credential; tokens obtained with it stop working as well. */
export const revokeCredential = verb({
  name: 'identity.revoke_credential',
  input: revokeCredentialInput,
  output: credentialView,
  permit: mayManage,
  run: async ({ ctx, input, tx, event }) => {
    const before = await loadCredential(tx, input.id);
    const now = clock.now();
    if (!(await moveCredential(tx, input.id, ['active', 'retiring'], 'revoked', now))) {
      throw conflict('already_revoked', 'The credential is revoked already.');
    }
    event({
      type: 'credential.revoked',
      object: { type: 'credential', id: before.id },
      agent: before.agentId,
      data: { reason: input.reason, before: { state: before.state }, after: { state: 'revoked' } },
    });
    return viewOf({ ...before, state: 'revoked', revokedAt: now }, ctx.actor, now);
  },
});
