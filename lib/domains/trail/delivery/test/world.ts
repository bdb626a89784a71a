import { inWorkspace } from '@/lib/infra/db';
import { mintWorld } from '@/lib/infra/testing/world';
import type { Context } from '@/lib/kernel/context';
import { load, memberContext } from '../../test/world';
import { deliverTo } from '../deliver';
import { loadSink, type SinkRow } from '../repo';
import type { SinkWithSecret } from '../schema';
import { createSink } from '../service/manage';

export interface DeliveryWorld {
  workspace: string;
  admin: Context;
}

export async function deliveryWorld(): Promise<DeliveryWorld> {
  const { workspace } = await mintWorld();
  return { workspace, admin: memberContext(workspace, 'admin') };
}

let made = 0;

export function addSink(
  { admin }: DeliveryWorld,
  target: Record<string, unknown>,
  more: Record<string, unknown> = {},
): Promise<SinkWithSecret> {
  made += 1;
  return createSink(admin, { name: `sink-${made}`, target, ...more });
}

/** Appends `count` events that say their number, and sequences them. */
export async function say(workspace: string, from: number, count: number): Promise<void> {
  const events = Array.from({ length: count }, (_, at) => ({
    type: 'test.happened',
    data: { n: from + at },
  }));
  await load(workspace, ...events);
}

/** One try at everything that waits for a sink, as the jobs process makes it. */
export async function deliver(
  workspace: string,
  id: string,
  signal = new AbortController().signal,
): Promise<SinkRow> {
  await deliverTo(workspace, id, { owner: 'test', signal });
  return sinkOf(workspace, id);
}

export function sinkOf(workspace: string, id: string): Promise<SinkRow> {
  return inWorkspace(workspace, (tx) => loadSink(tx, id));
}

/** Lets the time pass that a sink has to wait. */
export async function waitOver(workspace: string, id: string): Promise<void> {
  const past = new Date(Date.now() - 1_000);
  await inWorkspace(workspace, (tx) =>
    tx.trailSink.update({ where: { id }, data: { nextTryAt: past, leaseUntil: past } }),
  );
}
