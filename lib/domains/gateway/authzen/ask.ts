/** One request's questions, answered on one snapshot and one view of the stored entities. */
import { clock } from '@/lib/kernel/clock';
import { type Client, inTenant } from '@/lib/infra/pg';
import type { Gateway } from '../gateway';
import type { Snapshot } from '../snapshot/snapshot';
import { AGENT, askAgent, ownResources, type Sees } from './agents';
import { askDeclared, loadFor, no } from './declared';
import { Entities } from './entities';
import type { Decision, Evaluation } from './schema';

export interface Asker {
  snapshot: Snapshot;
  sees: Sees;
  /** Undefined where the workspace declares nothing. */
  entities: Entities | undefined;
  now: number;
}

/**
 * Reads within one transaction. `ask` needs it no longer: many questions are asked after it, so
 * that no connection is held while others have their turns.
 */
export function asking<T>(
  { pool }: Gateway,
  snapshot: Snapshot,
  sees: Sees,
  work: (asker: Asker) => Promise<T>,
): Promise<T> {
  const declared = snapshot.byHand?.declared;
  const asker = { snapshot, sees, now: clock.now().getTime() };
  if (!declared) return work({ ...asker, entities: undefined });
  return inTenant(pool, snapshot.workspace, (client: Client) =>
    work({ ...asker, entities: new Entities(declared, client) }),
  );
}

/** Whether it is about what is Countersign's own. */
export function isOwn({ subject }: Pick<Evaluation, 'subject'>): boolean {
  return subject.type === AGENT;
}

/** Brings in what these look at, so that `ask` answers at once. */
export async function prepare(asker: Asker, asked: readonly Evaluation[]): Promise<void> {
  const { snapshot, entities } = asker;
  const byHand = snapshot.byHand;
  if (!entities || !byHand?.declared) return;
  const foreign = asked.filter((one) => !isOwn(one));
  if (foreign.length > 0) await loadFor(byHand, byHand.declared, entities, foreign);
}

export function ask(asker: Asker, asked: Evaluation): Decision {
  const { snapshot, entities, sees, now } = asker;
  if (isOwn(asked)) return askAgent(snapshot, sees, asked, now);
  if (ownResources.has(asked.resource.type)) return no('the action does not apply to these types');
  if (!entities || !snapshot.byHand) return no('the subject is not known');
  return askDeclared(snapshot.byHand, entities, asked);
}
