import { z } from 'zod';
import { Needs } from '@/lib/domains/gateway';
import type { Context } from '@/lib/kernel/context';
import { clock } from '@/lib/kernel/clock';
import { newId } from '@/lib/kernel/ids';
import { withPlanted } from '@/lib/infra/planted';
import { logger } from '@/lib/infra/logger';
import { forbidden, invalid, notFound, Problem } from '@/lib/kernel/problem';
import { type Operation, parse, verb } from '@/lib/kernel/verb';
import { decideApprovals } from '../policy';
import { approveAction, rejectAction } from '../service/decide';
import { shapeOf } from './alike';
import { Batch, BatchAnswer } from './schema';

/** How each that is there is signed at least. */
const Begun = z.object({ signing: z.map(z.string(), z.string()) });

/**
 * Keeps that these are decided together, before any is: their cards were not opened, and who
 * decides so again and again shall be seen to. Refuses what is not alike as a whole.
 */
const begin = verb({
  name: 'approvals.batch',
  input: Batch,
  output: Begun,
  permit: decideApprovals,
  run: async ({ ctx, input, tx, event }) => {
    const rows = await withPlanted(tx, () =>
      tx.approval.findMany({
        where: { actionId: { in: input.items.map(({ id }) => id) } },
        select: {
          ...{ actionId: true, needs: true, signing: true },
          action: { select: { agentId: true, type: true, parameters: true } },
        },
      }),
    );
    const shapes = new Set(
      rows.map(({ action, needs, signing }) =>
        shapeOf({
          ...{ agent: action.agentId, type: action.type, signing },
          needs: Needs.parse(needs).map(({ group, count }) => [group, count]),
          parameters: action.parameters as Record<string, unknown>,
        }),
      ),
    );
    if (shapes.size > 1) {
      const message = 'must be alike: of one agent and action type, with the same parameters';
      throw invalid([{ field: 'items', message }]);
    }
    const batch = newId('bat');
    const now = clock.now();
    await tx.approvalOpening.createMany({
      data: rows.map(({ actionId }) => ({
        ...{ id: newId('opn'), workspaceId: ctx.workspace, actionId },
        ...{ memberId: ctx.actor.id, openedAt: now, batchId: batch },
      })),
    });
    event({
      type: 'approval.batch_opened',
      object: { type: 'approval_batch', id: batch },
      data: {
        ...{ decision: input.decision, count: input.items.length },
        items: input.items.map(({ id, display_digest }) => ({ id, display_digest })),
      },
    });
    return { signing: new Map(rows.map((row) => [row.actionId, row.signing])) };
  },
});

type Item = Batch['items'][number];

/**
 * Decides alike actions together, each by a signature of its own over its own digests, in a
 * transaction of its own under every rule of a single decision: what has changed, was decided
 * or may not be decided is refused alone.
 */
async function decideBatch(ctx: Context, raw: unknown): Promise<BatchAnswer> {
  const { signing } = await begin(ctx, raw);
  const { items, decision, reason } = parse(Batch, raw);
  const answers: BatchAnswer['items'] = [];
  for (const item of items) {
    try {
      const input = signedAs(item, signing.get(item.id));
      const decide = decision === 'approved' ? approveAction : rejectAction;
      const { status, planted } = await decide(ctx, { ...input, reason });
      answers.push({ id: item.id, ok: true, status, ...(planted ? { planted } : {}) });
    } catch (error) {
      answers.push({ id: item.id, ok: false, problem: problemOf(error) });
    }
  }
  return { items: answers, signed: answers.filter(({ ok }) => ok).length };
}

/** What is asked to be signed. One signature cannot stand for many where each takes proof of its own. */
function signedAs(item: Item, signing: string | undefined): Item {
  if (signing === undefined) throw notFound('approval');
  if (signing !== 'session' && !item.assertion) {
    throw forbidden(
      'Each of these is signed with proof of its own. Open its card.',
      'own_signature_needed',
    );
  }
  return item;
}

/** The others go on whatever became of this one; what is not a refusal is for the log. */
function problemOf(error: unknown): { code: string; message: string } {
  if (error instanceof Problem) return { code: error.code, message: error.message };
  logger.error({ err: error }, 'a signature of a batch failed');
  return { code: 'internal', message: 'Something went wrong with this one. Try it by itself.' };
}

export const batchDecide: Operation<typeof Batch, typeof BatchAnswer> = Object.assign(decideBatch, {
  kind: 'verb' as const,
  operation: begin.operation,
  input: Batch,
  output: BatchAnswer,
});
