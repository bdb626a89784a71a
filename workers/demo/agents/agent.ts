import type { JWK } from 'jose';
import { GatewayClient, TokenRefused, type GatewayAnswer } from '../client';
import { random } from '../random';
import { customerId as nthCustomer, CUSTOMERS_AT_WORK, KNOWN_CUSTOMER } from '../world';
import type { AgentsFile } from './config';
import { runAgent } from './graph';
import { backOff, followHeld } from './holding';
import { ScriptedChatModel } from './model';
import { EventReport } from './report';
import { scriptOf } from './scripts';
import { BackOff, gatewayTools } from './tools';

const MAX_HELD = 6;
const MAX_RUNS = 4;

/** One agent at work: starts runs, follows what is held, and backs off when it is not served. */
export class DemoAgent {
  readonly #entry: AgentsFile['agents'][number];
  readonly #client: GatewayClient;
  readonly #report: EventReport;
  readonly #seed: string;
  readonly #signal: AbortSignal;
  readonly #log: (line: string) => void;
  #runs = 0;
  #running = 0;
  #held = 0;
  #failures = 0;
  #restUntil = 0;

  constructor(options: {
    gateway: string;
    entry: AgentsFile['agents'][number];
    seed: string;
    signal: AbortSignal;
    log: (line: string) => void;
  }) {
    this.#entry = options.entry;
    const { client_id, private_jwk } = options.entry;
    this.#client = new GatewayClient(options.gateway, {
      client_id,
      private_jwk: private_jwk as JWK,
    });
    this.#report = new EventReport(this.#client);
    this.#seed = options.seed;
    this.#signal = options.signal;
    this.#log = (line) => options.log(`${options.entry.name}: ${line}`);
  }

  /** Whether it could begin a run now. */
  get ready(): boolean {
    return this.#running < MAX_RUNS && Date.now() >= this.#restUntil;
  }

  /** Begins one run and returns when it is over. Never throws. */
  async run(): Promise<void> {
    this.#running += 1;
    try {
      await this.#work(`${this.#seed}/${this.#entry.role}/${++this.#runs}`);
      this.#failures = 0;
    } catch (error) {
      this.#rest(error);
    } finally {
      this.#running -= 1;
    }
  }

  async #work(seed: string): Promise<void> {
    const customerId = customerOf(seed);
    const opened = await this.#client.session({
      initiator: { type: 'customer', id: customerId },
      auth_context: { method: 'ticket', channel: 'web' },
      attributes: { customer_id: customerId },
    });
    const session = opened.body['id'];
    if (typeof session !== 'string') throw new BackOff(opened);

    const held: Promise<unknown>[] = [];
    const task = { customerId, mayAskForApproval: this.#held < MAX_HELD };
    const last = await runAgent({
      role: this.#entry.role,
      ticket: `Ticket of customer ${customerId}. Handle it.`,
      model: new ScriptedChatModel(scriptOf(this.#entry.role), task, seed),
      tools: gatewayTools({
        client: this.#client,
        session,
        held: (action) => held.push(this.#follow(action)),
      }),
      onTurn: (turn) => this.#report.modelCall(session, turn),
    });
    await this.#report.flush();
    this.#log(`${customerId}: ${last}`);
    // The session stays while something proposed in it waits for a person.
    void Promise.all(held).then(() => this.#end(session));
  }

  async #follow(action: string): Promise<void> {
    this.#held += 1;
    const status = await followHeld(this.#client, action, this.#signal);
    this.#held -= 1;
    if (status) this.#log(`${action} was held and is now ${status}`);
  }

  async #end(session: string): Promise<void> {
    if (this.#signal.aborted) return;
    await this.#client.endSession(session).catch(() => undefined);
  }

  #rest(error: unknown): void {
    this.#failures += 1;
    const wait = Math.max((retryAfter(error) ?? 0) * 1000, backOff(this.#failures));
    this.#restUntil = Date.now() + wait;
    const message = error instanceof Error ? error.message : String(error);
    this.#log(`${message}; trying again in ${Math.ceil(wait / 1000)} s`);
  }
}

/** Whose ticket a run is about; the documentation's own customer is left alone. */
function customerOf(seed: string): string {
  const rng = random(`${seed}/customer`);
  for (;;) {
    const id = nthCustomer(rng.int(0, CUSTOMERS_AT_WORK - 1));
    if (id !== KNOWN_CUSTOMER) return id;
  }
}

function retryAfter(error: unknown): number | undefined {
  if (error instanceof BackOff) return error.seconds;
  const answer: GatewayAnswer | undefined =
    error instanceof TokenRefused ? error.answer : undefined;
  return answer?.retryAfter;
}
