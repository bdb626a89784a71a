import { putObject } from '@/lib/infra/bucket';
import { type OutgoingAnswer, OutgoingFailure } from '@/lib/infra/outgoing';
import { logger } from '@/lib/infra/logger';
import { sendSyslog } from '@/lib/infra/syslog';
import { postWebhook } from '@/lib/infra/webhook';
import { clock } from '@/lib/kernel/clock';
import {
  type Batch,
  CLOUD_EVENTS,
  cloudEvents,
  NDJSON,
  ndjson,
  objectKey,
  syslogMessages,
} from './message';
import type { SinkTarget } from './schema';

const DAY_MS = 86_400_000;

/** A sink with its secrets in the clear, for as long as a batch takes. */
export interface Destination {
  id: string;
  target: SinkTarget;
  /** The current one first. */
  secrets: readonly string[];
}

export interface Options {
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

export interface Sent {
  delivered: boolean;
  /** What a webhook or a bucket answered. */
  status: number | null;
  error?: string;
  retryAfterMs?: number | undefined;
  /** The receiver wants no more of it. */
  gone?: boolean;
  tooLarge?: boolean;
}

/** Bounds of one batch. */
export const LIMITS: Record<SinkTarget['kind'], { rows: number; bytes: number }> = {
  webhook: { rows: 1_000, bytes: 1_000_000 },
  syslog: { rows: 1_000, bytes: 4_000_000 },
  bucket: { rows: 10_000, bytes: 8_000_000 },
};

/** Sends a batch; whatever happens is an answer. */
export async function send(to: Destination, batch: Batch, options: Options): Promise<Sent> {
  try {
    return await SENDERS[to.target.kind](to, batch, options);
  } catch (error) {
    if (error instanceof OutgoingFailure) {
      return { delivered: false, status: null, error: error.message };
    }
    logger.error({ err: error, sink: to.id, first: batch.first }, 'a batch could not be written');
    const problem = `Events ${batch.first} to ${batch.last} could not be written as ${batch.format}.`;
    return { delivered: false, status: null, error: problem };
  }
}

type Sender = (to: Destination, batch: Batch, options: Options) => Promise<Sent>;

const SENDERS: Record<SinkTarget['kind'], Sender> = {
  webhook: async ({ id, target, secrets }, batch, options) => {
    if (target.kind !== 'webhook') throw new Error('no webhook');
    const answer = await postWebhook({
      url: target.url,
      id: batch.test ?? `${id}.${batch.first}-${batch.last}`,
      contentType: CLOUD_EVENTS,
      body: Buffer.from(cloudEvents(batch)),
      secrets,
      at: clock.now(),
      ...options,
    });
    return sentOf(answer);
  },
  syslog: async ({ target }, batch, options) => {
    if (target.kind !== 'syslog') throw new Error('no syslog');
    await sendSyslog(target, syslogMessages(batch), options);
    return { delivered: true, status: null };
  },
  bucket: async ({ target, secrets: [secretAccessKey = ''] }, batch, options) => {
    if (target.kind !== 'bucket') throw new Error('no bucket');
    const { lockDays, prefix, endpoint, region, bucket, accessKeyId } = target;
    const answer = await putObject({
      ...{ endpoint, region, bucket, accessKeyId, secretAccessKey },
      key: objectKey(batch, prefix),
      contentType: NDJSON,
      body: Buffer.from(ndjson(batch)),
      lockUntil: lockDays === null ? undefined : daysFromNow(batch.test ? 1 : lockDays),
      ...options,
    });
    const sent = sentOf(answer);
    // A store says which of its rules it was; no other word of its answer is shown.
    const code = /<Code>([A-Za-z0-9]{1,64})<\/Code>/.exec(answer.text)?.[1];
    if (sent.delivered || code === undefined) return { ...sent, gone: false };
    return { ...sent, gone: false, error: `The store answered ${answer.status} (${code}).` };
  },
};

function daysFromNow(days: number): Date {
  return new Date(clock.now().getTime() + days * DAY_MS);
}

function sentOf({ status, retryAfterMs }: OutgoingAnswer): Sent {
  if (status >= 200 && status < 300) return { delivered: true, status };
  const redirect = status >= 300 && status < 400 ? ' Redirects are not followed.' : '';
  return {
    delivered: false,
    status,
    error: `The receiver answered ${status}.${redirect}`,
    retryAfterMs,
    gone: status === 410,
    tooLarge: status === 413,
  };
}
