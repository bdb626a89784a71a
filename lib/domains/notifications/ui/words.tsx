import { StatusPill } from '@/components/data';
import type { ChannelKind, ChannelView, NotificationView, Occasion } from '../schema';

export const kindWords: Record<ChannelKind, string> = {
  email: 'Email',
  slack: 'Slack',
  teams: 'Teams',
  webhook: 'Webhook',
};

export const occasionWords: Record<Occasion, string> = {
  held: 'An action is held',
  half: 'Half of its time has passed',
  nine_tenths: 'Its time is nearly over',
  escalated: 'It goes on to another group',
  expired: 'Nobody decided in time',
  decided: 'It was decided',
  unmanned: 'A group that is needed has no approver',
  review_assigned: 'Actions are assigned to review',
  review_overdue: 'Reviews are overdue, and everybody’s',
  review_finding: 'A review opens a finding',
  tier_proposed: 'Reviews propose another tier',
  broke_glass: 'Someone broke the glass',
};

const channelStates = {
  active: { tone: 'allow', label: 'Sending' },
  failing: { tone: 'deny', label: 'Failing' },
  paused: { tone: 'hold', label: 'Paused' },
} as const;

export function ChannelState({ channel }: { channel: ChannelView }) {
  return <StatusPill value={channel.state} map={channelStates} />;
}

const messageStates = {
  queued: { tone: 'hold', label: 'Waiting' },
  sent: { tone: 'allow', label: 'Sent' },
  failed: { tone: 'deny', label: 'Given up' },
  skipped: { tone: 'neutral', label: 'Not needed' },
} as const;

export function MessageState({ message }: { message: NotificationView }) {
  return <StatusPill value={message.state} map={messageStates} />;
}

/** Whom it goes to, in a few words. */
export function audienceOf(channel: ChannelView): string {
  const groups = channel.groups?.map(({ name }) => name).join(', ') ?? 'all groups';
  return channel.kind === 'email' ? `each approver concerned, of ${groups}` : groups;
}
