import type { IncomingHttpHeaders } from 'node:http';
import { type Dispatcher, Pool } from 'undici';
import { Bytes } from '@/lib/http/bytes';
import { MAX_BYTES } from '../schema';
import type { ToolRequest } from './request';

/** What is known of a call once it is over. */
export interface ToolAnswer {
  /** Absent when no answer came. */
  status: number | undefined;
  text: string;
  /** Whether its Content-Type says that the text is JSON, in whatever form. */
  json: boolean;
  /** Whether it says when to come again (RFC 9110 §10.2.3). */
  retryAfter: boolean;
  /** Whether any of the request may have reached the tool. */
  sent: boolean;
  /** Why the answer is missing or not whole. */
  failure: 'unreachable' | 'timeout' | 'connection_lost' | 'too_large' | undefined;
  durationMs: number;
}

const CONNECTIONS = 64;
const MAX_ORIGINS = 500;

class TooLarge extends Error {}
class TimedOut extends Error {}

/** One call under way, told of by undici. */
class Call implements Dispatcher.DispatchHandler {
  readonly #started = performance.now();
  readonly #bytes = new Bytes();
  readonly #resolve: (answer: ToolAnswer) => void;
  readonly #timer: NodeJS.Timeout;
  #status: number | undefined;
  #json = false;
  #retryAfter = false;
  #sent = false;
  #settled = false;
  #controller: Dispatcher.DispatchController | undefined;

  constructor(resolve: (answer: ToolAnswer) => void, timeoutMs: number) {
    this.#resolve = resolve;
    this.#timer = setTimeout(timedOut, timeoutMs, this);
  }

  timeOut(): void {
    // While it waits for a connection there is nothing to abort yet; onRequestStart will.
    this.#controller?.abort(new TimedOut());
    this.#finish('timeout');
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#settled) return controller.abort(new TimedOut());
    this.#sent = true;
    this.#controller = controller;
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    this.#status = status;
    this.#json = /json/i.test(headers['content-type'] ?? '');
    this.#retryAfter = headers['retry-after'] !== undefined;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#bytes.size + chunk.length > MAX_BYTES) return controller.abort(new TooLarge());
    this.#bytes.add(chunk);
  }

  onResponseEnd(): void {
    this.#finish(undefined);
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (error instanceof TimedOut) return this.#finish('timeout');
    if (error instanceof TooLarge) return this.#finish('too_large');
    this.#finish(this.#sent ? 'connection_lost' : 'unreachable');
  }

  #finish(failure: ToolAnswer['failure']): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#resolve({
      status: this.#status,
      text: failure === undefined ? textOf(this.#bytes.all()) : '',
      json: this.#json,
      retryAfter: this.#retryAfter,
      sent: this.#sent,
      failure,
      durationMs: Math.round(performance.now() - this.#started),
    });
  }
}

/** Without a byte order mark, which is no part of the text and which JSON.parse does not read. */
function textOf(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function timedOut(call: Call): void {
  call.timeOut();
}

/** Keep-alive connections to tools, a pool for each origin. Follows no redirect, repeats no call. */
export class ToolClient {
  readonly #pools = new Map<string, Pool>();

  /** Never throws: whatever happens is an answer. */
  call({ origin, path, method, headers, body }: ToolRequest, timeoutMs: number) {
    return new Promise<ToolAnswer>((resolve) => {
      this.#pool(origin).dispatch(
        { path, method, headers, body, headersTimeout: 0, bodyTimeout: 0 },
        new Call(resolve, timeoutMs),
      );
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
    this.#pools.clear();
  }

  #pool(origin: string): Pool {
    let pool = this.#pools.get(origin);
    if (!pool) {
      const [oldest] = this.#pools;
      if (oldest && this.#pools.size >= MAX_ORIGINS) {
        this.#pools.delete(oldest[0]);
        void oldest[1].close();
      }
      pool = new Pool(origin, { connections: CONNECTIONS, pipelining: 1, connectTimeout: 5_000 });
      this.#pools.set(origin, pool);
    }
    return pool;
  }
}
