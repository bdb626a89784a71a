import { z } from 'zod';
import {
  DraftRef,
  draftForReplay,
  lastVersion,
  manageAccess,
  Proof,
  viewProof,
} from '@/lib/domains/access/server';
import { clock } from '@/lib/kernel/clock';
import { newId } from '@/lib/kernel/ids';
import { conflict } from '@/lib/kernel/problem';
import { verb } from '@/lib/kernel/verb';
import { proveDraft } from './job';

/** Asks of every request that there can be what a draft would change; a job does the work. */
export const startProof = verb({
  name: 'policies.prove',
  input: DraftRef,
  output: Proof,
  permit: manageAccess,
  run: async ({ ctx, input, tx, event, after }) => {
    const draft = await draftForReplay(tx, input.id);
    const version = (await lastVersion(tx))?.number ?? 0;
    const proof = await tx.policyProof.create({
      data: {
        id: newId('ppf'),
        workspaceId: ctx.workspace,
        draftId: draft.id,
        revision: draft.revision,
        version,
        startedBy: ctx.actor.id,
      },
    });
    event({
      type: 'policy_draft.proof_started',
      object: { type: 'policy_draft', id: draft.id },
      data: { name: draft.title },
    });
    after(() => proveDraft.enqueue(ctx.workspace, { proof: proof.id }));
    return viewProof(proof, draft.revision, version);
  },
});

export const cancelProof = verb({
  name: 'policies.cancel_proof',
  input: DraftRef,
  output: z.object({ id: z.string() }),
  permit: manageAccess,
  run: async ({ input, tx, event }) => {
    const draft = await draftForReplay(tx, input.id);
    const { count } = await tx.policyProof.updateMany({
      where: { draftId: draft.id, status: { in: ['queued', 'running'] } },
      data: { status: 'cancelled', finishedAt: clock.now() },
    });
    if (count === 0) throw conflict('wrong_state', 'Nothing is being proved. Reload the draft.');
    event({
      type: 'policy_draft.proof_cancelled',
      object: { type: 'policy_draft', id: draft.id },
      data: { name: draft.title },
    });
    return { id: draft.id };
  },
});
