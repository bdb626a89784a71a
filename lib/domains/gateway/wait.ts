import { notFound } from '@/lib/kernel/problem';
import type { ActionRow } from './action';
import { findAction } from './find';
import type { Gateway } from './gateway';
import { isFinal } from './state';

/** A running action announces nothing, so it is looked at this often while someone waits. */
const RUNNING_MS = 500;
/** A held one is announced; looking now and then covers a lost connection. */
const HELD_MS = 10_000;

/** The action once its state differs from the one at the call, or after `waitMs`. Throws 404. */
export async function waitForChange(
  gateway: Pick<Gateway, 'pool' | 'wakes' | 'inFlight'>,
  workspace: string,
  agent: string,
  id: string,
  waitMs: number,
): Promise<ActionRow> {
  const look = async () => {
    const row = gateway.inFlight.settling(id) ?? (await findAction(gateway, workspace, agent, id));
    if (row?.agent_id !== agent) throw notFound('action');
    return row;
  };
  if (waitMs === 0) return look();
  const until = performance.now() + waitMs;
  const subscription = gateway.wakes.subscribe(workspace);
  try {
    let row = await look();
    const { status } = row;
    while (row.status === status && !isFinal(row.status) && !gateway.wakes.closed) {
      const left = until - performance.now();
      if (left <= 0) break;
      await subscription.wait(Math.min(left, status === 'running' ? RUNNING_MS : HELD_MS));
      row = await look();
    }
    return row;
  } finally {
    subscription.close();
  }
}
