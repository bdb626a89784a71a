import { Agent, request } from 'undici';

/** An upstream's answer: its status, headers and, up to a bound, its text. */
export interface HttpAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

export interface HttpCall {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  headers?: Record<string, string>;
  /** Sent as it is; set the content type yourself. */
  body?: string;
  timeoutMs: number;
}

const MAX_ANSWER = 1_000_000;
const agent = new Agent({ keepAliveTimeout: 10_000, connections: 64 });

/** The answer never came, or not whole: whether the call took effect is not known. */
export class HttpFailure extends Error {
  override name = 'HttpFailure';
}

/** One call to an upstream; redirects are answers like any other, never followed. */
export async function httpCall(call: HttpCall): Promise<HttpAnswer> {
  try {
    const answer = await request(call.url, {
      dispatcher: agent,
      method: call.method,
      headers: call.headers ?? {},
      body: call.body ?? null,
      headersTimeout: call.timeoutMs,
      bodyTimeout: call.timeoutMs,
      signal: AbortSignal.timeout(call.timeoutMs),
    });
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      size += chunk.byteLength;
      if (size > MAX_ANSWER) throw new Error(`the answer is larger than ${MAX_ANSWER} bytes`);
      chunks.push(chunk);
    }
    const text = Buffer.concat(chunks).toString('utf8');
    return { status: answer.statusCode, headers: answer.headers, text };
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown error';
    throw new HttpFailure(`${call.method} ${new URL(call.url).origin}: ${reason}`, {
      cause: error,
    });
  }
}
