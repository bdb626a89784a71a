/**
 * Connections to addresses that an admin has entered: encrypted unless they stay on this
 * machine, never to link-local or metadata addresses, whatever a name resolves to; no
 * redirect is followed. Private networks are allowed, because that is where a SIEM stands.
 */
import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Agent, request } from 'undici';

const CONNECT_MS = 5_000;
const ANSWER_BYTES = 4_096;
const DUMP_MS = 1_000;

const forbidden = new BlockList();
forbidden.addSubnet('0.0.0.0', 8, 'ipv4');
forbidden.addSubnet('169.254.0.0', 16, 'ipv4');
forbidden.addAddress('100.100.100.200', 'ipv4');
forbidden.addSubnet('224.0.0.0', 3, 'ipv4');
forbidden.addAddress('::', 'ipv6');
forbidden.addSubnet('fe80::', 10, 'ipv6');
forbidden.addSubnet('ff00::', 8, 'ipv6');
forbidden.addAddress('fd00:ec2::254', 'ipv6');
forbidden.addAddress('fd20:ce::254', 'ipv6');
forbidden.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6');

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Nothing was answered, or not all of it; the message is a sentence for the admin. */
export class OutgoingFailure extends Error {
  override name = 'OutgoingFailure';
}

function assertAddress(address: string, plain: boolean): void {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (forbidden.check(address, family)) {
    throw new OutgoingFailure(
      `The address ${address} is link-local or reserved. Nothing is sent there.`,
    );
  }
  if (plain && !loopback.check(address, family)) {
    throw new OutgoingFailure(
      `${address} is not this machine. What leaves it is sent encrypted only.`,
    );
  }
}

/** Whether the address is this machine's own. */
export function isLoopback(address: string): boolean {
  return loopback.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** Refuses a host that is itself an address; a name is judged by `guardedLookup`. */
export function assertHost(host: string, plain: boolean): void {
  const bare = host.replace(/^\[|\]$/g, '');
  if (isIP(bare)) assertAddress(bare, plain);
}

/** Resolves a name and refuses it when any of its addresses is one that nothing is sent to. */
export function guardedLookup(plain: boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error || !first) return callback(error ?? new Error(`${hostname} has no address`), '');
      try {
        for (const { address } of addresses) assertAddress(address, plain);
      } catch (refusal) {
        return callback(refusal as Error, '');
      }
      if (options.all) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };
}

const agentOf = (plain: boolean) =>
  new Agent({
    keepAliveTimeout: 10_000,
    connections: 16,
    connect: { lookup: guardedLookup(plain), timeout: CONNECT_MS },
  });
const agents = { plain: agentOf(true), encrypted: agentOf(false) };

export interface OutgoingCall {
  method: 'POST' | 'PUT';
  url: string;
  headers: Record<string, string>;
  body: Buffer;
  timeoutMs: number;
  /** Gives up at once; what was sent by then may have arrived. */
  signal?: AbortSignal | undefined;
}

export interface OutgoingAnswer {
  status: number;
  /** What a Retry-After asks for. */
  retryAfterMs: number | undefined;
  /** The beginning of the answer's text. */
  text: string;
}

/** One call; throws OutgoingFailure when no answer came. */
export async function outgoingHttp(call: OutgoingCall): Promise<OutgoingAnswer> {
  const { hostname, host, protocol } = new URL(call.url);
  const plain = protocol === 'http:';
  assertHost(hostname, plain);
  try {
    const answer = await request(call.url, {
      dispatcher: plain ? agents.plain : agents.encrypted,
      method: call.method,
      headers: call.headers,
      body: call.body,
      headersTimeout: call.timeoutMs,
      bodyTimeout: call.timeoutMs,
      signal: within(call.timeoutMs, call.signal),
    });
    const wait = answer.headers['retry-after'];
    return {
      status: answer.statusCode,
      retryAfterMs: typeof wait === 'string' ? retryAfter(wait) : undefined,
      text: await beginning(answer.body),
    };
  } catch (error) {
    throw failureOf(error, host, call.timeoutMs);
  }
}

/** Aborts after so long, or with the caller's own signal. */
export function within(timeoutMs: number, signal: AbortSignal | undefined): AbortSignal {
  const timeout = AbortSignal.timeout(timeoutMs);
  return signal ? AbortSignal.any([timeout, signal]) : timeout;
}

/** The answer's status is what counts; a receiver that goes on talking is not listened to. */
async function beginning(
  body: AsyncIterable<Buffer> & {
    destroy: () => unknown;
    on: (name: 'error', f: () => void) => unknown;
  },
): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  body.on('error', () => undefined);
  const timer = setTimeout(() => body.destroy(), DUMP_MS);
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      size += chunk.byteLength;
      if (size >= ANSWER_BYTES) break;
    }
  } catch {
    // The status is known; the rest of the answer is not needed.
  }
  clearTimeout(timer);
  return Buffer.concat(chunks).subarray(0, ANSWER_BYTES).toString('utf8');
}

const LONGEST_WAIT_MS = 3_600_000;

function retryAfter(text: string): number | undefined {
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1_000;
  if (!Number.isFinite(seconds)) return undefined;
  return Math.min(Math.max(0, seconds * 1_000), LONGEST_WAIT_MS);
}

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'refuses connections. Is the receiver running?',
  ENOTFOUND: 'is not a known host name.',
  EAI_AGAIN: 'cannot be resolved at the moment.',
  ECONNRESET: 'closed the connection before it answered.',
  EPIPE: 'closed the connection before it answered.',
  UND_ERR_SOCKET: 'closed the connection before it answered.',
  EHOSTUNREACH: 'cannot be reached.',
  ENETUNREACH: 'cannot be reached.',
};

/** The failure as a sentence that names the receiver and nothing secret. */
export function failureOf(error: unknown, host: string, timeoutMs: number): OutgoingFailure {
  if (error instanceof OutgoingFailure) return error;
  const { name, code, message } = error as Error & { code?: string };
  const options = { cause: error };
  if (name === 'TimeoutError' || /TIMEOUT|ETIMEDOUT/.test(code ?? '')) {
    return new OutgoingFailure(`${host} did not answer within ${timeoutMs / 1_000} s.`, options);
  }
  if (name === 'AbortError') return new OutgoingFailure('Delivery was stopped.', options);
  const known = REASONS[code ?? ''];
  if (known) return new OutgoingFailure(`${host} ${known}`, options);
  if (/CERT|SIGNATURE|ISSUER|ALTNAME|SSL|TLS/.test(code ?? '')) {
    return new OutgoingFailure(`The certificate of ${host} is not accepted: ${message}.`, options);
  }
  return new OutgoingFailure(`${host}: ${message}`, options);
}
