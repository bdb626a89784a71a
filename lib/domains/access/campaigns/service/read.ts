import { z } from 'zod';
import { clock } from '@/lib/kernel/clock';
import { createdKey, toPage } from '@/lib/kernel/page';
import { pageOf } from '@/lib/kernel/page-input';
import { query } from '@/lib/kernel/verb';
import { findItems, itemKey, viewItems } from '../items';
import { manageCampaigns, readCampaigns } from '../policy';
import { findCampaigns, loadCampaign, viewCampaigns, viewDetail, waitingFor } from '../repo';
import {
  CampaignDetail,
  CampaignRef,
  Campaigns,
  Item,
  ListCampaigns,
  ListItems,
  Waiting,
} from '../schema';

export const listCampaigns = query({
  name: 'campaigns.list',
  input: ListCampaigns,
  output: Campaigns,
  permit: readCampaigns,
  run: async ({ ctx, input, tx }) => {
    const { items, next } = toPage(
      await findCampaigns(tx, input),
      input.limit,
      createdKey,
      (row) => row,
    );
    return {
      items: await viewCampaigns(tx, items, ctx.actor),
      next,
      can: { create: manageCampaigns(ctx.actor) },
    };
  },
});

export const getCampaign = query({
  name: 'campaigns.get',
  input: CampaignRef,
  output: CampaignDetail,
  permit: readCampaigns,
  run: ({ ctx, input, tx }) => viewDetail(tx, input.id, ctx.actor),
});

/** For the navigation: what the reader has to do, and by when. */
export const countWaiting = query({
  name: 'campaigns.waiting',
  input: z.strictObject({}),
  output: Waiting,
  permit: readCampaigns,
  run: ({ ctx, tx }) => waitingFor(tx, ctx.actor),
});

export const listItems = query({
  name: 'campaigns.items',
  input: ListItems,
  output: pageOf(Item),
  permit: readCampaigns,
  run: async ({ ctx, input, tx }) => {
    const campaign = await loadCampaign(tx, input.id);
    const { items, next } = toPage(await findItems(tx, input), input.limit, itemKey, (row) => row);
    const reader = { actor: ctx.actor, campaignState: campaign.state, now: clock.now() };
    return { items: await viewItems(tx, items, reader), next };
  },
});
