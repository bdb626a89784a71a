import { Pool } from 'undici';
import { MAX_BYTES } from '../schema';
import type { ToolRequest } from './request';

/** What is known of a call once it is over. */
export interface ToolAnswer {
  /** Absent when no answer came. */
  status: number | undefined;
  text: string;
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

/** Keep-alive connections to tools, a pool for each origin. Follows no redirect, repeats no call. */
export class ToolClient {
  readonly #pools = new Map<string, Pool>();

  /** Never throws: whatever happens is an answer. */
  call(request: ToolRequest, timeoutMs: number): Promise<ToolAnswer> {
    const started = performance.now();
    const pool = this.#pool(request.origin);
    return new Promise((resolve) => {
      const chunks: Buffer[] = [];
      let size = 0;
      let status: number | undefined;
      let sent = false;
      let abort: ((reason: Error) => void) | undefined;
      let settled = false;
      const finish = (failure: ToolAnswer['failure']) => {
        if (settled) return;
        settled = true;
        clearTimeout(timer);
        resolve({
          status,
          text: failure === undefined ? Buffer.concat(chunks).toString('utf8') : '',
          sent,
          failure,
          durationMs: Math.round(performance.now() - started),
        });
      };
      const timer = setTimeout(() => {
        // While it waits for a connection there is nothing to abort yet; onRequestStart will.
        abort?.(new TimedOut());
        finish('timeout');
      }, timeoutMs);
      pool.dispatch(
        {
          path: request.path,
          method: request.method,
          headers: request.headers,
          body: request.body,
          headersTimeout: 0,
          bodyTimeout: 0,
        },
        {
          onRequestStart(controller) {
            if (settled) return controller.abort(new TimedOut());
            sent = true;
            abort = (reason) => controller.abort(reason);
          },
          onResponseStart(_, statusCode) {
            status = statusCode;
          },
          onResponseData(controller, chunk) {
            size += chunk.length;
            if (size > MAX_BYTES) return controller.abort(new TooLarge());
            chunks.push(chunk);
          },
          onResponseEnd() {
            finish(undefined);
          },
          onResponseError(_, error) {
            if (error instanceof TimedOut) return finish('timeout');
            if (error instanceof TooLarge) return finish('too_large');
            finish(sent ? 'connection_lost' : 'unreachable');
          },
        },
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
