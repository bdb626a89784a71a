import { formatDate, formatSpan } from '@/components/format';
import { Badge, TimeAgo } from '@/components/ui';
import type { RotationView } from '../schema';

const DAY = 86_400_000;

export const kindWords: Record<string, string> = {
  manual: 'by hand',
  http_api_keys: 'upstream API keys',
  key_pair: 'key pair',
  secret: 'client secret',
};

export const stepWords: Record<string, string> = {
  requested: 'Requested',
  created: 'New one made',
  tested: 'New one proven',
  switched: 'New one in use',
  revoked: 'Old one revoked',
};

/** How far off a due date is; in words and colour only where someone should look. */
export function Due({ at, now }: { at: string | null; now: number }) {
  if (at === null) return <span className="text-text-3">never</span>;
  const left = Date.parse(at) - now;
  if (left < 0) return <Badge tone="deny">overdue {formatSpan(left)}</Badge>;
  if (left < 14 * DAY) return <Badge tone="hold">in {formatSpan(left)}</Badge>;
  return (
    <span className="num" title={at}>
      {formatDate(at)}
    </span>
  );
}

export function isOpen(rotation: RotationView): boolean {
  return rotation.finishedAt === null;
}

/** What a rotation is at, in a word or two and a colour. */
export function StepPill({ step }: { step: string }) {
  if (step === 'failed') return <Badge tone="deny">failed</Badge>;
  if (step === 'by_hand') return <Badge tone="hold">finished by hand</Badge>;
  if (step === 'cancelled') return <Badge>ended</Badge>;
  if (step === 'revoked') return <Badge tone="allow">done</Badge>;
  return <Badge tone="accent">{(stepWords[step] ?? step).toLowerCase()}</Badge>;
}

export function Started({ rotation }: { rotation: RotationView }) {
  return (
    <>
      {rotation.trigger === 'schedule' ? 'by schedule' : 'by hand'},{' '}
      <TimeAgo at={rotation.startedAt} />
    </>
  );
}
