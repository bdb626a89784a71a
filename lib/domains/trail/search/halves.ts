/** Long stretches are looked through in two halves at once, each on a connection. */
import type { PoolClient } from '@/lib/infra/trail-db';
import { openBeside } from '../repo';
import { SETTINGS } from './ask';
import { type Bounds, middleOf } from './stretches';

/** A part of the log to look through, and the bounds by which the index is asked for it. */
export interface Part {
  bounds: Bounds;
  within: Bounds;
}

/** A long part in two: that next to the edge, and the other. Nothing where it is short. */
export function halves(
  { bounds, within }: Part,
  known: Bounds,
  older: boolean,
): [near: Part, far: Part] | [] {
  const middle = middleOf(bounds, known);
  if (middle === undefined) return [];
  const early = { bounds: { ...bounds, to: middle }, within: { ...within, to: middle } };
  const late = { bounds: { ...bounds, from: middle }, within: { ...within, from: middle } };
  return older ? [late, early] : [early, late];
}

/** A search's second connection, from when it is first wanted and one is free. */
export class Beside {
  readonly #workspace: string;
  #opened: ReturnType<typeof openBeside>;
  #client: Promise<PoolClient | undefined> | undefined;

  constructor(workspace: string) {
    this.#workspace = workspace;
  }

  /** Makes it ready while other work goes on. */
  open(): void {
    if (this.#opened) return;
    this.#opened = openBeside(this.#workspace);
    // A search that gets no second one goes on with its first, which says what is wrong.
    this.#client = this.#opened?.then(ready).catch(() => undefined);
  }

  /** Undefined where none is to be had. */
  async client(): Promise<PoolClient | undefined> {
    this.open();
    return this.#client;
  }

  /** Nobody waits until it is given back; one that failed is thrown away. */
  close(): void {
    this.#opened?.then(({ close }) => close()).catch(() => undefined);
  }
}

async function ready({ client }: { client: PoolClient }): Promise<PoolClient> {
  await client.query(SETTINGS);
  return client;
}

/** Neither connection is left before both are done. */
export async function together(works: [Promise<number>, Promise<number>]): Promise<number> {
  await Promise.allSettled(works);
  const [one, other] = await Promise.all(works);
  return one + other;
}
