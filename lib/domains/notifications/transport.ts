import { logger } from '@/lib/infra/logger';
import { MailFailure, MailRefused, sendMail } from '@/lib/infra/mail';
import { type OutgoingAnswer, OutgoingFailure, outgoingHttp } from '@/lib/infra/outgoing';
import { postWebhook } from '@/lib/infra/webhook';
import { clock } from '@/lib/kernel/clock';
import { mailForm, slackForm, teamsForm, webhookForm } from './message/forms';
import type { Message } from './message/message';
import type { ChannelKind } from './schema';

const TIMEOUT_MS = 15_000;
const JSON_TYPE = 'application/json; charset=utf-8';
const CLOUD_EVENT = 'application/cloudevents+json; charset=utf-8';

/** Where one message goes, with its secrets in the clear for as long as that takes. */
export interface Destination {
  kind: ChannelKind;
  /** The member's address, where it is mail. */
  to: string;
  url: string;
  secrets: readonly string[];
}

export interface Sent {
  delivered: boolean;
  /** A sentence without any secret. */
  error?: string;
  retryAfterMs?: number | undefined;
  /** This recipient wants nothing of it: another try is no use. */
  refused?: boolean;
  /** The channel is there no more. */
  gone?: boolean;
}

/** Sends a message; whatever happens is an answer. */
export async function send(to: Destination, message: Message): Promise<Sent> {
  try {
    return await senders[to.kind](to, message);
  } catch (error) {
    if (error instanceof MailFailure) {
      return { delivered: false, error: error.message, refused: error instanceof MailRefused };
    }
    if (error instanceof OutgoingFailure) return { delivered: false, error: error.message };
    // Not the error itself, which may name the address.
    logger.error({ notification: message.id, kind: to.kind }, 'a message could not be written');
    return { delivered: false, error: 'The message could not be written.' };
  }
}

const senders: Record<ChannelKind, (to: Destination, message: Message) => Promise<Sent>> = {
  email: async ({ to }, message) => {
    await sendMail(mailForm(message, to));
    return { delivered: true };
  },
  slack: async ({ url }, message) => sentOf(await postJson(url, slackForm(message))),
  teams: async ({ url }, message) => {
    const answer = await postJson(url, teamsForm(message));
    // Its connectors say 200 and in words that it went wrong.
    const failed = /^Webhook message delivery failed/i.test(answer.text);
    if (!failed || answer.status >= 300) return sentOf(answer);
    return { delivered: false, error: 'Teams answered that the delivery failed.' };
  },
  webhook: async ({ url, secrets }, message) =>
    sentOf(
      await postWebhook({
        url,
        id: message.id,
        contentType: CLOUD_EVENT,
        body: Buffer.from(JSON.stringify(webhookForm(message))),
        secrets,
        at: clock.now(),
        timeoutMs: TIMEOUT_MS,
      }),
    ),
};

function postJson(url: string, body: object): Promise<OutgoingAnswer> {
  return outgoingHttp({
    method: 'POST',
    url,
    headers: { 'content-type': JSON_TYPE, 'user-agent': 'Countersign' },
    body: Buffer.from(JSON.stringify(body)),
    timeoutMs: TIMEOUT_MS,
  });
}

function sentOf({ status, retryAfterMs }: OutgoingAnswer): Sent {
  if (status >= 200 && status < 300) return { delivered: true };
  const redirect = status >= 300 && status < 400 ? ' Redirects are not followed.' : '';
  return {
    delivered: false,
    error: `The receiver answered ${status}.${redirect}`,
    retryAfterMs,
    gone: status === 410,
  };
}
