import { isObject, type GatewayClient } from '../client';
import type { ModelTurn } from './graph';

const PATH = '/v1/events';
const ASK_AGAIN_MS = 5 * 60_000;

/** Reports model calls to the gateway, where the gateway takes such reports. */
export class EventReport {
  readonly #client: GatewayClient;
  #pending: object[] = [];
  #taken = false;
  #askAt = 0;

  constructor(client: GatewayClient) {
    this.#client = client;
  }

  /** Notes one turn of the model; sent by the next flush. */
  modelCall(session: string, { prompt, reply, milliseconds }: ModelTurn): void {
    this.#pending.push({
      type: 'model.called',
      session,
      time: new Date().toISOString(),
      data: {
        model: 'scripted-1',
        prompt: prompt.slice(-2).map((message) => ({ role: message.type, text: message.text })),
        response: { text: reply.text, tool_calls: reply.tool_calls ?? [] },
        input_tokens: reply.usage_metadata?.input_tokens ?? 0,
        output_tokens: reply.usage_metadata?.output_tokens ?? 0,
        latency_ms: Math.round(milliseconds),
      },
    });
  }

  /** Sends what was noted; a report that is not taken is no reason to stop working. */
  async flush(): Promise<void> {
    const events = this.#pending;
    this.#pending = [];
    if (events.length === 0 || !(await this.#isTaken())) return;
    await this.#client.request('POST', PATH, { events }).catch(() => undefined);
  }

  async #isTaken(): Promise<boolean> {
    if (Date.now() < this.#askAt) return this.#taken;
    this.#askAt = Date.now() + ASK_AGAIN_MS;
    try {
      const response = await fetch(`${this.#client.gateway}/openapi.json`, {
        signal: AbortSignal.timeout(5000),
      });
      const document: unknown = await response.json();
      const paths = isObject(document) ? document['paths'] : undefined;
      this.#taken = isObject(paths) && PATH in paths;
    } catch {
      this.#taken = false;
    }
    return this.#taken;
  }
}
