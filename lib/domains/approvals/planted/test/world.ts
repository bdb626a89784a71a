/** A workspace in which requests are planted, and how to have one planted now. */
import { newId } from '@/lib/kernel/ids';
import { type CardWorld, cardWorld } from '../../card/test/world';
import { plantRequest } from '../jobs';

export interface PlantedWorld extends CardWorld {
  rate: (per100: number) => Promise<void>;
  /** A decided refund whose evidence tells of it; copies of it can be planted. */
  source: (amount?: number) => Promise<string>;
  /** The id of one that was planted just now. */
  plant: (by?: string | null) => Promise<string>;
  /** Ids of those that wait to be revealed. */
  hidden: () => Promise<string[]>;
  /** An approver who has approved nothing yet. */
  approver: (roles?: string[]) => Promise<string>;
  eventsOn: (id: string, type?: string) => Promise<Record<string, unknown>[]>;
}

export async function plantedWorld(): Promise<PlantedWorld> {
  const w = await cardWorld();
  const { world } = w;
  const hidden = async () => {
    const { rows } = await world.owner.query<{ id: string }>(
      'SELECT action_id AS id FROM planted_requests WHERE workspace_id = $1 AND outcome IS NULL',
      [world.workspace],
    );
    return rows.map(({ id }) => id);
  };
  const source = async (amount = 75) => {
    const order = newId('ord');
    const content = { id: order, total: amount };
    const id = await w.hold(
      { order_id: order, amount },
      { evidence: [{ title: 'Order', source: 'orders.read', ref: '', content }] },
    );
    await world.owner.query(`UPDATE actions SET status = 'rejected' WHERE id = $1`, [id]);
    return id;
  };
  return {
    ...{ ...w, hidden, source },
    rate: async (per100) => {
      await world.owner.query('UPDATE workspaces SET settings = $2 WHERE id = $1', [
        world.workspace,
        JSON.stringify({ plantedPer100: per100 }),
      ]);
    },
    plant: async (by = null) => {
      const before = await hidden();
      await source();
      await plantRequest.perform(world.workspace, { by });
      const added = (await hidden()).filter((id) => !before.includes(id));
      if (added.length !== 1) throw new Error(`planted ${added.length}`);
      return added[0] ?? '';
    },
    approver: (roles = ['approver']) => {
      const id = newId('mbr');
      return world.insert('members', {
        ...{ id, workspace_id: world.workspace, email: `${id}@example.test`, name: `Name ${id}` },
        ...{ roles, updated_at: new Date() },
      });
    },
    eventsOn: async (id, type) =>
      (await world.events()).filter(
        (event) => event['action'] === id && (type === undefined || event['type'] === type),
      ),
  };
}
