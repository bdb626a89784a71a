import { z } from 'zod';
import type { Context } from '@/lib/kernel/context';
import { type Operation, verb } from '@/lib/kernel/verb';
import { evidence } from '../evidence';
import { exportEvidence as mayExport } from '../policy';
import { viewDetail } from '../repo';
import { CampaignDetail, ExportEvidence } from '../schema';

/** Records that the evidence is exported, before any of it leaves. */
const record = verb({
  name: 'campaigns.export',
  input: ExportEvidence,
  output: z.object({ campaign: CampaignDetail, format: z.enum(['csv', 'json']) }),
  permit: mayExport,
  run: async ({ ctx, input, tx, event }) => {
    const campaign = await viewDetail(tx, input.id, ctx.actor);
    event({
      type: 'campaign.exported',
      object: { type: 'campaign', id: input.id },
      data: { format: input.format, items: campaign.progress.items },
    });
    return { campaign, format: input.format };
  },
});

async function perform(ctx: Context, raw: unknown): Promise<Response> {
  const { campaign, format } = await record(ctx, raw);
  const { can: _, ...head } = campaign;
  const parts = evidence(ctx.workspace, campaign.id, format, head);
  const bytes = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { value, done } = await parts.next();
      if (done) controller.close();
      else controller.enqueue(bytes.encode(value));
    },
    cancel: async () => {
      await parts.return(undefined);
    },
  });
  return new Response(body, {
    headers: {
      'content-type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json',
      'content-disposition': `attachment; filename="access-review-${campaign.id}.${format}"`,
      'cache-control': 'no-store, no-transform',
      'x-request-id': ctx.requestId,
    },
  });
}

/** Streams every item with who decided what about it, when and why. */
export const exportEvidence: Operation = Object.assign(perform, {
  kind: 'verb' as const,
  operation: 'campaigns.export',
  input: ExportEvidence,
  output: z.unknown(),
});
