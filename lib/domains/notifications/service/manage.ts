import { Prisma, type Tx } from '@/lib/infra/db';
import { newWebhookSecret } from '@/lib/infra/webhook';
import { clock } from '@/lib/kernel/clock';
import { defined } from '@/lib/kernel/defined';
import { newId } from '@/lib/kernel/ids';
import { invalid, notFound } from '@/lib/kernel/problem';
import { permitted, verb } from '@/lib/kernel/verb';
import { choosePreference, manageChannels, mayPause, mayResume, mayRotate } from '../policy';
import {
  changeChannel,
  type ChannelRow,
  groupNames,
  hasten,
  loadChannel,
  setOptOut,
  skipAll,
} from '../repo';
import {
  ChannelRef,
  ChannelView,
  ChannelWithSecret,
  CreateChannel,
  Preference,
  SetPreference,
  UpdateChannel,
} from '../schema';
import { z } from 'zod';
import { sealed } from '../secrets';
import { preferenceOf, viewChannel } from './read';

/** How long messages carry a signature by the secret before the last rotation as well. */
const OVERLAP_MS = 24 * 3_600_000;

/** What a person's look sets it to: whatever failed is begun anew. */
const afresh = { failingSince: null, error: null, reason: '' };

export const createChannel = verb({
  name: 'notification_channels.create',
  input: CreateChannel,
  output: ChannelWithSecret,
  permit: manageChannels,
  run: async ({ ctx, input, tx, event }) => {
    const { url, groups, ...fields } = input;
    await assertGroups(tx, groups);
    const id = newId('nch');
    const secret = input.kind === 'webhook' ? newWebhookSecret() : undefined;
    const row = await tx.notificationChannel.create({
      data: {
        ...{ id, workspaceId: ctx.workspace, createdBy: ctx.actor.id, ...fields },
        groups: groups ?? Prisma.DbNull,
        ...(url === undefined ? {} : await addressed(tx, ctx.workspace, id, url)),
        secret: secret ? await sealed(tx, ctx.workspace, id, 'secret', secret) : null,
      },
    });
    event({
      type: 'notification_channel.created',
      object: { type: 'notification_channel', id },
      data: { after: described(row) },
    });
    return { channel: await viewChannel(tx, ctx, row), ...(secret ? { secret } : {}) };
  },
});

export const updateChannel = verb({
  name: 'notification_channels.update',
  input: UpdateChannel,
  output: ChannelView,
  permit: manageChannels,
  run: async ({ ctx, input, tx, event }) => {
    const { id, url, groups, ...fields } = input;
    const before = await loadChannel(tx, id);
    if (url !== undefined && before.kind === 'email') {
      throw invalid([{ field: 'url', message: 'belongs to no email' }]);
    }
    await assertGroups(tx, groups);
    const row = await changed(tx, id, {
      ...defined(fields),
      ...(groups === undefined ? {} : { groups: groups ?? Prisma.DbNull }),
      ...(url === undefined ? {} : { ...(await addressed(tx, ctx.workspace, id, url)), ...afresh }),
    });
    if (url !== undefined) await hasten(tx, id, clock.now());
    event({
      type: 'notification_channel.updated',
      object: { type: 'notification_channel', id },
      data: {
        before: described(before),
        after: described(row),
        ...(url === undefined ? {} : { address_replaced: true }),
      },
    });
    return viewChannel(tx, ctx, row);
  },
});

/** Sends nothing there but news of broken glass; what was to be sent waits. */
export const pauseChannel = verb({
  name: 'notification_channels.pause',
  input: ChannelRef,
  output: ChannelView,
  permit: manageChannels,
  run: async ({ ctx, input: { id }, tx, event }) => {
    const before = await loadChannel(tx, id);
    permitted(mayPause(ctx.actor, before));
    const row = await changed(tx, id, { ...afresh, state: 'paused' });
    event({
      type: 'notification_channel.paused',
      object: { type: 'notification_channel', id },
      data: { before: described(before), after: described(row) },
    });
    return viewChannel(tx, ctx, row);
  },
});

export const resumeChannel = verb({
  name: 'notification_channels.resume',
  input: ChannelRef,
  output: ChannelView,
  permit: manageChannels,
  run: async ({ ctx, input: { id }, tx, event }) => {
    const before = await loadChannel(tx, id);
    permitted(mayResume(ctx.actor, before));
    const row = await changed(tx, id, { ...afresh, state: 'active' });
    await hasten(tx, id, clock.now());
    event({
      type: 'notification_channel.resumed',
      object: { type: 'notification_channel', id },
      data: { before: described(before), after: described(row) },
    });
    return viewChannel(tx, ctx, row);
  },
});

/** Ends it, and erases its address and its secrets. */
export const removeChannel = verb({
  name: 'notification_channels.remove',
  input: ChannelRef,
  output: z.object({ ok: z.literal(true) }),
  permit: manageChannels,
  run: async ({ input: { id }, tx, event }) => {
    const before = await loadChannel(tx, id);
    const erased = { target: null, secret: null, previousSecret: null, previousUntil: null };
    await changed(tx, id, { ...afresh, ...erased, state: 'removed' });
    await skipAll(tx, id, 'The channel was removed.', clock.now());
    event({
      type: 'notification_channel.removed',
      object: { type: 'notification_channel', id },
      data: { before: described(before) },
    });
    return { ok: true as const };
  },
});

/** Makes a new signing secret; for a day messages carry a signature by the old one as well. */
export const rotateChannelSecret = verb({
  name: 'notification_channels.rotate_secret',
  input: ChannelRef,
  output: ChannelWithSecret,
  permit: manageChannels,
  run: async ({ ctx, input: { id }, tx, event }) => {
    const before = await loadChannel(tx, id);
    permitted(mayRotate(ctx.actor, before));
    const secret = newWebhookSecret();
    const previousUntil = new Date(clock.now().getTime() + OVERLAP_MS);
    const row = await changed(tx, id, {
      secret: await sealed(tx, ctx.workspace, id, 'secret', secret),
      previousSecret: before.secret,
      previousUntil,
    });
    event({
      type: 'notification_channel.secret_rotated',
      object: { type: 'notification_channel', id },
      data: { name: row.name, previous_until: previousUntil.toISOString() },
    });
    return { channel: await viewChannel(tx, ctx, row), secret };
  },
});

/** Whether one gets mail oneself. What every admin is told, an admin is told all the same. */
export const setPreference = verb({
  name: 'notifications.set_preference',
  input: SetPreference,
  output: Preference,
  permit: choosePreference,
  run: async ({ ctx, input, tx, event }) => {
    const before = await preferenceOf(tx, ctx);
    await setOptOut(tx, ctx.workspace, ctx.actor.id, !input.email, clock.now());
    event({
      type: 'member.notifications_changed',
      object: { type: 'member', id: ctx.actor.id },
      data: { before: { email: before.email }, after: { email: input.email } },
    });
    return preferenceOf(tx, ctx);
  },
});

async function addressed(tx: Tx, workspace: string, id: string, url: string) {
  return {
    target: await sealed(tx, workspace, id, 'target', url),
    host: new URL(url).host,
  };
}

async function assertGroups(tx: Tx, groups: readonly string[] | null | undefined): Promise<void> {
  if (!groups) return;
  const known = await groupNames(tx);
  if (groups.every((id) => known.has(id))) return;
  throw invalid([{ field: 'groups', message: 'must be groups of approvers of this workspace' }]);
}

async function changed(
  tx: Tx,
  id: string,
  changes: Prisma.NotificationChannelUncheckedUpdateManyInput,
): Promise<ChannelRow> {
  const row = await changeChannel(tx, id, changes);
  if (!row) throw notFound('channel');
  return row;
}

/** What an event says of a channel: nothing that would let anyone write there. */
export function described(row: ChannelRow): Record<string, unknown> {
  const { name, kind, host, groups, occasions, state } = row;
  return { name, kind, host, groups, occasions, state };
}
