import { StatusPill } from '@/components/data';
import { formatNumber, formatSpan } from '@/components/format';
import type { SinkTarget, SinkView } from '../schema';

export const kindWords: Record<SinkView['kind'], string> = {
  webhook: 'Webhook',
  syslog: 'Syslog',
  bucket: 'Bucket',
};

export const formatWords: Record<SinkView['format'], string> = {
  event: 'the trail’s own events',
  ocsf: 'OCSF 1.8',
};

const states = {
  active: { tone: 'allow', label: 'Delivering' },
  failing: { tone: 'deny', label: 'Failing' },
  paused: { tone: 'hold', label: 'Paused' },
  retired: { tone: 'neutral', label: 'Retired' },
} as const;

export function SinkState({ sink }: { sink: SinkView }) {
  return <StatusPill value={sink.state} map={states} />;
}

/** Where a sink delivers to, on one line. */
export function addressOf(target: SinkTarget): string {
  if (target.kind === 'webhook') return target.url;
  if (target.kind === 'syslog')
    return `${target.host}:${target.port} over ${target.transport.toUpperCase()}`;
  const path = [target.bucket, target.prefix].filter((part) => part !== '').join('/');
  return `${target.endpoint}/${path}`;
}

/** "none", or "1,204 events, the oldest 3 min old"; unknown while the trail cannot be asked. */
export function lagOf(sink: SinkView, now: number): { events: string; age: string } {
  if (sink.behind === null) return { events: 'not known', age: '' };
  if (sink.behind === 0) return { events: 'none', age: '' };
  const age = sink.oldest ? `oldest ${formatSpan(Math.max(0, now - Date.parse(sink.oldest)))}` : '';
  return { events: formatNumber(sink.behind), age };
}

const MINUTES = 60;
const MINUTE_MS = 60_000;

/** Events of each of the last sixty minutes, oldest first. */
export function minutesOf(sink: SinkView, now: number): { at: string; events: number }[] {
  const last = Math.floor(now / MINUTE_MS);
  const known = new Map(sink.rate.map(({ at, events }) => [Date.parse(at) / MINUTE_MS, events]));
  return Array.from({ length: MINUTES }, (_, n) => {
    const minute = last - MINUTES + 1 + n;
    return { at: new Date(minute * MINUTE_MS).toISOString(), events: known.get(minute) ?? 0 };
  });
}
