import { z } from 'zod';
import {
  DraftRef,
  draftForReplay,
  manageAccess,
  Replay,
  StartReplay,
  viewReplay,
} from '@/lib/domains/access/server';
import { clock } from '@/lib/kernel/clock';
import { newId } from '@/lib/kernel/ids';
import { conflict } from '@/lib/kernel/problem';
import { verb } from '@/lib/kernel/verb';
import { replayDraft } from './job';

/** Tries a draft on the recorded actions of the last days; a job does the work. */
export const startReplay = verb({
  name: 'policies.simulate',
  input: StartReplay,
  output: Replay,
  permit: manageAccess,
  run: async ({ ctx, input, tx, event, after }) => {
    const draft = await draftForReplay(tx, input.id);
    const replay = await tx.policyReplay.create({
      data: {
        id: newId('prp'),
        workspaceId: ctx.workspace,
        draftId: draft.id,
        revision: draft.revision,
        days: input.days,
        startedBy: ctx.actor.id,
      },
    });
    event({
      type: 'policy_draft.replayed',
      object: { type: 'policy_draft', id: draft.id },
      data: { name: draft.title, days: input.days },
    });
    after(() => replayDraft.enqueue(ctx.workspace, { replay: replay.id }));
    return viewReplay(replay, draft.revision);
  },
});

export const cancelReplay = verb({
  name: 'policies.cancel_simulation',
  input: DraftRef,
  output: z.object({ id: z.string() }),
  permit: manageAccess,
  run: async ({ input, tx, event }) => {
    const draft = await draftForReplay(tx, input.id);
    const { count } = await tx.policyReplay.updateMany({
      where: { draftId: draft.id, status: { in: ['queued', 'running'] } },
      data: { status: 'cancelled', finishedAt: clock.now() },
    });
    if (count === 0) throw conflict('wrong_state', 'Nothing is being tried. Reload the draft.');
    event({
      type: 'policy_draft.replay_cancelled',
      object: { type: 'policy_draft', id: draft.id },
      data: { name: draft.title },
    });
    return { id: draft.id };
  },
});
