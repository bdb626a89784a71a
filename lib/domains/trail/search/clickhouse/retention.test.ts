import { describe, expect, it } from 'vitest';
import { ownRows } from '@/lib/infra/clickhouse';
import { copyAll, throughClickHouse } from '../../test/copied';
import { RetentionSuite } from '../../test/retention';
import { countMatching, getFacets, listEvents } from '../service';
import { checkCopy } from './feed';
import { copied } from './state';
import { EVENTS } from './tables';

let copies = true;
const through = throughClickHouse(() => copies);
const suite = new RetentionSuite();

/** How many of these types are copied, and how many a search finds. */
async function counts(type: string): Promise<{ copied: number; found: number; listed: number }> {
  const [row] = await ownRows<{ n: number }>(suite.world.workspace, {
    ...{ select: 'count() AS n', table: EVENTS },
    where: { sql: 'type = {type:String}', values: { type } },
  });
  return {
    copied: Number(row?.n),
    found: (await countMatching(suite.auditor, { type })).count,
    listed: (await listEvents(suite.auditor, { type, limit: 100 })).items.length,
  };
}

describe('what retention removes', () => {
  it('is found no more from that moment on, and then gone from the copy', async () => {
    await suite.recorded(...suite.events('action.decided', 40));
    await suite.recorded(...suite.events('agent.created', 8, '12'));
    await suite.sound();
    const { workspace } = suite.world;
    await copyAll(workspace);
    expect(await counts('action.decided')).toEqual({ copied: 40, found: 40, listed: 40 });

    await suite.run();
    // Not copied yet; the trail answers.
    expect(await counts('action.decided')).toEqual({ copied: 40, found: 0, listed: 0 });
    const { facets } = await getFacets(suite.auditor, {});
    expect(facets.type.map(({ value }) => value)).not.toContain('action.decided');

    await copyAll(workspace);
    expect(await counts('action.decided')).toEqual({ copied: 0, found: 0, listed: 0 });
    expect(await counts('agent.created')).toEqual({ copied: 8, found: 8, listed: 8 });
    expect((await copied(workspace)).removals).toHaveLength(1);
    const { position } = await copied(workspace);
    await checkCopy(workspace);
    expect((await copied(workspace)).position).toBe(position);
    expect(through.fellBack()).toEqual([]);
  });

  it('is never copied where it went before its turn, whether some or all of it had come', async () => {
    const { workspace } = suite.world;
    await suite.recorded(...suite.events('action.decided', 10));
    copies = false;
    await suite.recorded(
      ...suite.events('model.called', 10),
      ...suite.events('agent.created', 3, '12'),
    );
    expect(await counts('action.decided')).toMatchObject({ copied: 10 });
    expect(await counts('model.called')).toEqual({ copied: 0, found: 10, listed: 10 });
    await suite.sound();
    await suite.run();
    await copyAll(workspace);
    for (const type of ['action.decided', 'model.called']) {
      expect(await counts(type)).toEqual({ copied: 0, found: 0, listed: 0 });
    }
    expect(await counts('agent.created')).toEqual({ copied: 3, found: 3, listed: 3 });
    expect(await counts('trail.events_expired')).toMatchObject({ found: 0 });
    await suite.said('trail.events_expired');
    await copyAll(workspace);
    expect(await counts('trail.events_expired')).toEqual({ copied: 1, found: 1, listed: 1 });
  });
});
