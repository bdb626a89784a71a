import { createHmac, randomBytes } from 'node:crypto';
import { outgoingHttp, type OutgoingAnswer } from './outgoing';

const PREFIX = 'whsec_';

/** A secret of 256 bits as Standard Webhooks writes it. */
export function newWebhookSecret(): string {
  return PREFIX + randomBytes(32).toString('base64');
}

export interface WebhookMessage {
  url: string;
  /** The same however often the message is sent, so that a receiver knows a repetition. */
  id: string;
  contentType: string;
  body: Buffer;
  /** whsec_…; the message carries a signature by each. */
  secrets: readonly string[];
  /** When it is sent. */
  at: Date;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** Posts a message with Standard Webhooks signatures. Throws OutgoingFailure when no answer came. */
export function postWebhook(message: WebhookMessage): Promise<OutgoingAnswer> {
  const timestamp = String(Math.floor(message.at.getTime() / 1_000));
  const signatures = message.secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
    const hmac = createHmac('sha256', key).update(`${message.id}.${timestamp}.`);
    return `v1,${hmac.update(message.body).digest('base64')}`;
  });
  return outgoingHttp({
    method: 'POST',
    url: message.url,
    headers: {
      'content-type': message.contentType,
      'user-agent': 'Countersign',
      'webhook-id': message.id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signatures.join(' '),
    },
    body: message.body,
    timeoutMs: message.timeoutMs,
    signal: message.signal,
  });
}
