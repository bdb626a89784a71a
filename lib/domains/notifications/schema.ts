import { z } from 'zod';
import { GroupId } from '@/lib/domains/gateway';
import { Ability } from '@/lib/kernel/ability';
import { idSchema } from '@/lib/kernel/ids';
import { pageInput, pageOf } from '@/lib/kernel/page-input';

export const channelKinds = ['email', 'slack', 'teams', 'webhook'] as const;
export type ChannelKind = (typeof channelKinds)[number];

export const reviewOccasions = [
  'review_assigned',
  'review_overdue',
  'review_finding',
  'tier_proposed',
] as const;
export type ReviewOccasion = (typeof reviewOccasions)[number];

/** What a channel may be for. Broken glass goes to every channel, whatever it is for. */
export const occasions = [
  'held',
  'half',
  'nine_tenths',
  'escalated',
  'expired',
  'decided',
  'unmanned',
  ...reviewOccasions,
] as const;
/** What a channel is for until somebody says something else. */
export const usualOccasions: (typeof occasions)[number][] = [
  'held',
  'nine_tenths',
  'escalated',
  'review_assigned',
  'review_overdue',
];

export const allOccasions = [...occasions, 'broke_glass'] as const;
export type Occasion = (typeof allOccasions)[number];

const loopbackName = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

function isSafe(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, hash } = new URL(text);
  if (username || password || hash) return false;
  return protocol === 'https:' || loopbackName.test(hostname);
}

/** Where a message is posted. It is a secret: who has it can write there. */
const url = z
  .url({ protocol: /^https?$/, error: 'must be an https URL', abort: true })
  .max(2_000)
  .refine(isSafe, 'must be an https URL without user or fragment; http reaches this machine only');

const name = z.string().trim().min(2, 'must have 2 characters at least').max(60);
const groups = z
  .array(GroupId)
  .min(1, 'must name a group; leave it out for all')
  .max(50)
  .refine((ids) => new Set(ids).size === ids.length, 'must name each group once');
const wanted = z
  .array(z.enum(occasions))
  .refine((all) => new Set(all).size === all.length, 'must name each occasion once');

export const ChannelId = idSchema('nch');
export const ChannelRef = z.strictObject({ id: ChannelId });
export const CreateChannel = z
  .strictObject({
    name,
    kind: z.enum(channelKinds),
    /** Of anything but email; sealed at once and never shown again. */
    url: url.optional(),
    groups: groups.nullable().default(null),
    occasions: wanted.default(usualOccasions),
  })
  .superRefine((input, issue) => {
    const needed = input.kind !== 'email';
    if ((input.url !== undefined) === needed) return;
    const message = needed ? 'is needed' : 'belongs to no email: each member has their own address';
    issue.addIssue({ code: 'custom', path: ['url'], message });
  });
export const UpdateChannel = z.strictObject({
  id: ChannelId,
  name: name.optional(),
  url: url.optional(),
  groups: groups.nullable().optional(),
  occasions: wanted.optional(),
});

export const ChannelView = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(channelKinds),
  /** Its address is a secret; this much of it is shown. */
  host: z.string(),
  groups: z.array(z.object({ id: z.string(), name: z.string() })).nullable(),
  occasions: z.array(z.enum(occasions)),
  state: z.enum(['active', 'failing', 'paused']),
  /** Why it is paused, when no person did it. */
  reason: z.string(),
  delivered_at: z.iso.datetime().nullable(),
  failing_since: z.iso.datetime().nullable(),
  error: z.string().nullable(),
  /** Messages that wait to be sent, and that were given up in the last seven days. */
  queued: z.number(),
  failed: z.number(),
  /** Until when messages are signed with the secret before the last rotation as well. */
  previous_until: z.iso.datetime().nullable(),
  created_at: z.iso.datetime(),
  can: z.object({
    update: Ability,
    pause: Ability,
    resume: Ability,
    test: Ability,
    rotate: Ability,
    remove: Ability,
  }),
});
export type ChannelView = z.output<typeof ChannelView>;

export const Channels = z.object({
  items: z.array(ChannelView),
  next: z.null(),
  /** Whether there is a server to send mail by. */
  email: z.object({ configured: z.boolean() }),
  can: z.object({ create: Ability }),
});
export type Channels = z.output<typeof Channels>;

/** With the signing secret of a webhook, which is in this answer only. */
export const ChannelWithSecret = z.object({ channel: ChannelView, secret: z.string().optional() });
export type ChannelWithSecret = z.output<typeof ChannelWithSecret>;

export const Tested = z.object({ delivered: z.boolean(), error: z.string().nullable() });
export type Tested = z.output<typeof Tested>;

export const states = ['queued', 'sent', 'failed', 'skipped'] as const;
export const ListNotifications = z.strictObject({
  ...pageInput,
  channel: ChannelId.optional(),
  state: z.enum(states).optional(),
});
export const NotificationView = z.object({
  id: z.string(),
  /** Null: mail to an admin, whatever the channels are. */
  channel: z.object({ id: z.string(), name: z.string() }).nullable(),
  occasion: z.string(),
  action: z.string().nullable(),
  /** The member it was mailed to. */
  recipient: z.object({ id: z.string(), name: z.string() }).nullable(),
  state: z.enum(states),
  tries: z.number(),
  /** Why it was not sent, so far or at all. */
  error: z.string().nullable(),
  next_try_at: z.iso.datetime().nullable(),
  created_at: z.iso.datetime(),
  ended_at: z.iso.datetime().nullable(),
});
export type NotificationView = z.output<typeof NotificationView>;
export const NotificationPage = pageOf(NotificationView);

export const SetPreference = z.strictObject({ email: z.boolean() });
export const Preference = z.object({
  email: z.boolean(),
  address: z.string(),
  /** Whether mail is sent at all: a server is set up, and a channel of the kind is there. */
  configured: z.boolean(),
  channel: z.boolean(),
});
export type Preference = z.output<typeof Preference>;
