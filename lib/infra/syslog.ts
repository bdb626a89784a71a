/** Syslog messages (RFC 5424) over TLS (RFC 5425), or over TCP on this machine (RFC 6587, octet counting). */
import { X509Certificate } from 'node:crypto';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { connect as connectTls } from 'node:tls';
import { assertHost, failureOf, guardedLookup, OutgoingFailure, within } from './outgoing';

/** Facility 13, log audit. */
const FACILITY = 13;
export const severity = { warning: 4, informational: 6 } as const;

export interface SyslogMessage {
  severity: (typeof severity)[keyof typeof severity];
  /** ISO 8601. */
  time: string;
  /** Kind of message. */
  id: string;
  /** The one structured-data element; absent members are left out. */
  data: Record<string, string | undefined>;
  /** JSON. It goes without a byte order mark, which parsers of JSON trip over. */
  text: string;
}

/** 32473 is the enterprise number that is nobody's (RFC 5612). */
const ELEMENT = 'countersign@32473';
const HOST = printable(hostname(), 255);

function printable(text: string, length: number): string {
  return text.replace(/[^\x21-\x7e]/g, '').slice(0, length) || '-';
}

/** One message as RFC 5424 writes it. */
export function syslogText(message: SyslogMessage): string {
  const data = Object.entries(message.data)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([name, value]) => ` ${name}="${value.replace(/[\\"\]]/g, '\\$&')}"`)
    .join('');
  const priority = FACILITY * 8 + message.severity;
  return `<${priority}>1 ${message.time} ${HOST} countersign - ${printable(message.id, 32)} [${ELEMENT}${data}] ${message.text}`;
}

export interface SyslogTarget {
  host: string;
  port: number;
  /** Plain TCP goes to this machine only. */
  transport: 'tls' | 'tcp';
  /** PEM of the certificates to trust instead of the usual ones. */
  ca: string | null;
}

/** Whether the text is certificates in PEM that can be read. */
export function isCertificates(pem: string): boolean {
  const found = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    return found.length > 0 && found.every((one) => new X509Certificate(one).subject !== null);
  } catch {
    return false;
  }
}

/**
 * Sends messages in order over a connection of their own. Syslog has no acknowledgement; they
 * count as taken when the receiver, told that this was all, has closed the connection in turn
 * without an error: one that dies with messages unread resets it. Throws OutgoingFailure.
 */
export async function sendSyslog(
  target: SyslogTarget,
  messages: readonly string[],
  options: { timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<void> {
  const plain = target.transport === 'tcp';
  assertHost(target.host, plain);
  const address = `${target.host}:${target.port}`;
  const signal = within(options.timeoutMs, options.signal);
  try {
    await exchange(open(target, plain), framed(messages), target.transport, signal);
  } catch (error) {
    throw failureOf(error, address, options.timeoutMs);
  }
}

function framed(messages: readonly string[]): Buffer {
  return Buffer.concat(
    messages.flatMap((message) => {
      const bytes = Buffer.from(message);
      return [Buffer.from(`${bytes.length} `), bytes];
    }),
  );
}

function open({ host, port, ca }: SyslogTarget, plain: boolean): Socket {
  const where = { host, port, lookup: guardedLookup(plain) };
  if (plain) return connectTcp(where);
  return connectTls({
    ...where,
    minVersion: 'TLSv1.2',
    ...(isIP(host) ? {} : { servername: host }),
    ...(ca === null ? {} : { ca }),
  });
}

function exchange(
  socket: Socket,
  bytes: Buffer,
  transport: SyslogTarget['transport'],
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let [sent, ended] = [false, false];
    const giveUp = () => socket.destroy(signal.reason as Error);
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    socket.once('error', reject);
    // Not before the handshake is done: what is written earlier would be lost without a word.
    socket.once(transport === 'tls' ? 'secureConnect' : 'connect', () => socket.end(bytes));
    socket.once('finish', () => {
      sent = true;
    });
    socket.once('end', () => {
      ended = true;
    });
    socket.resume();
    socket.once('close', () => {
      signal.removeEventListener('abort', giveUp);
      if (sent && ended) resolve();
      else reject(new OutgoingFailure('The receiver closed the connection before it had all.'));
    });
  });
}
