import { notFound } from '@/lib/kernel/problem';
import { findAction, type FoundAction } from './find';
import type { Gateway } from './gateway';
import { isFinal } from './state';

/** A running action announces nothing, so it is looked at this often while someone waits. */
const RUNNING_MS = 500;
/** A held one is announced; looking now and then covers a lost connection. */
const HELD_MS = 10_000;

/**
 * The action once its state differs from the one at the call, once there is a question that
 * its agent has not been told of, or after `waitMs`. A question goes with every answer until
 * it is answered, and ends one wait only: who does not answer is not made to ask in circles.
 * Throws 404.
 */
export async function waitForChange(
  gateway: Pick<Gateway, 'pool' | 'wakes' | 'inFlight'>,
  workspace: string,
  agent: string,
  id: string,
  waitMs: number,
): Promise<FoundAction> {
  const look = async () => {
    const row: FoundAction | undefined =
      gateway.inFlight.settling(id) ?? (await findAction(gateway, workspace, agent, id));
    if (row?.agent_id !== agent) throw notFound('action');
    return row;
  };
  const told = (row: FoundAction) => {
    if (row.question) gateway.wakes.tell(row.question.id);
    return row;
  };
  if (waitMs === 0) return told(await look());
  const until = performance.now() + waitMs;
  const subscription = gateway.wakes.subscribe(id);
  try {
    let row = await look();
    const { status } = row;
    // Those who wait side by side are all told of what opens meanwhile.
    const known = row.question && gateway.wakes.isTold(row.question.id) ? row.question.id : null;
    const same = () => row.status === status && (row.question?.id ?? known) === known;
    while (same() && !isFinal(row.status) && !gateway.wakes.closed) {
      const left = until - performance.now();
      if (left <= 0) break;
      await subscription.wait(Math.min(left, status === 'running' ? RUNNING_MS : HELD_MS));
      row = await look();
    }
    return told(row);
  } finally {
    subscription.close();
  }
}
