import { z } from 'zod';
import { newCredential, publicJwk } from '@/lib/domains/identity/server';
import {
  credentialViewOf,
  issueCredential,
  loadCredential,
  mayRotateCredential,
  moveCredential,
  publicFacts,
} from '@/lib/domains/identity/server';
import type { Tx } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import { conflict, invalid } from '@/lib/kernel/problem';
import { permitted, verb } from '@/lib/kernel/verb';
import { mayStartRotation } from '../policy';
import { openRotations } from '../repo';
import { rotateCredentialInput, rotationView } from '../schema';
import { credentialEvent } from '../steps/credential';
import { rotationViewOf } from '../view';
import { credentialName } from './names';
import { assertNoneOpen, startRotation, takeoverIn } from './start';

const HOUR = 3_600_000;

/**
 * Refuses while it takes over from another one: its end would be the failure of that rotation,
 * which would bring the one it replaces back for good.
 */
async function assertTakesOverNothing(
  tx: Tx,
  credential: { id: string; replaces: string | null },
): Promise<void> {
  if (credential.replaces === null) return;
  const open = takeoverIn(await openRotations(tx, [credential.replaces]), credential);
  if (open === undefined) return;
  throw conflict(
    'takes_over',
    `It takes over from another credential in ${open.id}, which is under way. Have the agent use it, or revoke it, first.`,
  );
}

/** The schedule's way: the job makes the successor, sealed until it is collected. */
export const scheduleCredentialRotation = verb({
  name: 'vault.schedule_credential_rotation',
  input: z.strictObject({ id: z.string() }),
  output: rotationView,
  permit: mayStartRotation,
  run: async ({ ctx, input, tx, event }) => {
    const old = await loadCredential(tx, input.id);
    await assertNoneOpen(tx, old.id);
    await assertTakesOverNothing(tx, old);
    permitted(mayRotateCredential(ctx.actor, { state: old.state, agentState: old.agent.state }));
    const now = clock.now();
    const row = await startRotation(tx, ctx, event, {
      subjectType: 'credential',
      subjectId: old.id,
      step: 'requested',
      now,
    });
    return rotationViewOf(row, credentialName(old), ctx.actor);
  },
});

/**
 * Begins the rotation of an agent's credential: the successor is made at once and its private
 * part shown in this answer only. The old one keeps working until the successor has been used,
 * or the overlap is over.
 */
export const rotateCredential = verb({
  name: 'vault.rotate_credential',
  input: rotateCredentialInput.extend({ publicJwk: publicJwk.optional() }),
  output: newCredential.extend({ rotation: rotationView }),
  permit: mayStartRotation,
  run: async ({ ctx, input, tx, event }) => {
    const old = await loadCredential(tx, input.id);
    await assertNoneOpen(tx, old.id);
    await assertTakesOverNothing(tx, old);
    permitted(mayRotateCredential(ctx.actor, { state: old.state, agentState: old.agent.state }));
    if (old.kind === 'secret' && input.publicJwk) {
      throw invalid([{ field: 'publicJwk', message: 'is for key pairs; this is a client secret' }]);
    }
    const now = clock.now();
    const life = old.expiresAt ? old.expiresAt.getTime() - old.createdAt.getTime() : null;
    const { row, material } = await issueCredential(tx, {
      workspace: ctx.workspace,
      agentId: old.agentId,
      kind: old.kind === 'secret' ? 'secret' : 'key_pair',
      label: old.label,
      createdBy: ctx.actor.id,
      now,
      expiresAt: life === null ? null : new Date(now.getTime() + life),
      publicJwk: input.publicJwk,
      replaces: old.id,
    });
    if (!(await moveCredential(tx, old.id, ['active'], 'retiring', now))) {
      throw conflict('already_rotating', 'The credential has changed meanwhile. Look again.');
    }
    event(credentialEvent('credential.created', row, publicFacts(row)));
    const rotation = await startRotation(tx, ctx, event, {
      subjectType: 'credential',
      subjectId: old.id,
      step: 'created',
      state: {
        successorId: row.id,
        overlapUntil: new Date(now.getTime() + input.overlapHours * HOUR).toISOString(),
      },
      data: { successor: row.id },
      now,
    });
    return {
      credential: credentialViewOf(row, ctx.actor, now),
      clientId: row.agentId,
      ...material,
      rotation: rotationViewOf(rotation, credentialName(old), ctx.actor),
    };
  },
});
