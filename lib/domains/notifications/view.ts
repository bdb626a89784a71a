import type { Actor } from '@/lib/kernel/actor';
import { manageChannels, mayPause, mayResume, mayRotate } from './policy';
import type { ChannelRow } from './repo';
import type { ChannelView } from './schema';

interface Around {
  groups: ReadonlyMap<string, string>;
  counts: (channel: string, state: 'queued' | 'failed') => number;
  actor: Actor;
  now: Date;
}

export function channelView(row: ChannelRow, { groups, counts, actor, now }: Around): ChannelView {
  const failing = row.state === 'active' && row.failingSince !== null;
  const manage = manageChannels(actor);
  return {
    id: row.id,
    name: row.name,
    kind: row.kind as ChannelView['kind'],
    host: row.host,
    groups:
      (row.groups as string[] | null)?.map((id) => ({
        id,
        name: groups.get(id) ?? 'a group that is gone',
      })) ?? null,
    occasions: row.occasions as ChannelView['occasions'],
    state: failing ? 'failing' : (row.state as ChannelView['state']),
    reason: row.reason,
    delivered_at: row.deliveredAt?.toISOString() ?? null,
    failing_since: row.failingSince?.toISOString() ?? null,
    error: row.error,
    queued: counts(row.id, 'queued'),
    failed: counts(row.id, 'failed'),
    previous_until:
      row.previousUntil && row.previousUntil > now ? row.previousUntil.toISOString() : null,
    created_at: row.createdAt.toISOString(),
    can: {
      update: manage,
      pause: mayPause(actor, row),
      resume: mayResume(actor, row),
      test: manage,
      rotate: mayRotate(actor, row),
      remove: manage,
    },
  };
}
