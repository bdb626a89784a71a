import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDb } from '@/lib/infra/db';
import { closeTrailDb } from '@/lib/infra/trail-db';
import { newId } from '@/lib/kernel/ids';
import { agentContext, happened, load, memberContext, problemOf } from '../test/world';
import { groupsOf } from '../ui/session-groups';
import { getSession } from './session';

afterAll(async () => {
  await closeTrailDb();
  await closeDb();
});

const workspace = newId('ws');
const auditor = memberContext(workspace, 'auditor');
const [agent, session, first, second] = [newId('agt'), newId('ses'), newId('act'), newId('act')];

describe('a session', () => {
  beforeAll(async () => {
    const as = agentContext(workspace, agent);
    const object = { type: 'action_type', id: 'refunds.create' };
    await happened(
      as,
      { type: 'session.started', object: { type: 'session', id: session }, data: { n: 1 } },
      { type: 'model.called', session, data: { n: 2, prompt: 'p', latency_ms: 812 } },
      {
        type: 'decision_point.reported',
        session,
        data: { n: 3, options: ['a', 'b'], chosen: 'a' },
      },
      { type: 'action.decided', session, action: first, object, outcome: 'hold', data: { n: 4 } },
      { type: 'memory.read', session, data: { n: 5 } },
      { type: 'action.decided', session, action: second, object, outcome: 'allow', data: { n: 6 } },
      { type: 'not.known_yet', session, data: { n: 7, odd: [null, { deep: true }] } },
    );
    await happened(memberContext(workspace, 'approver'), {
      type: 'approval.approved',
      session,
      action: first,
      outcome: 'approved',
      data: { n: 8 },
    });
    await load(workspace, { type: 'action.succeeded', session, action: second, data: { n: 9 } });
    await load(workspace, { type: 'sample.drawn', session: newId('ses'), data: { n: 10 } });
  });

  it('is told in the order of the log, whatever the types of its events', async () => {
    const { items, cut } = await getSession(auditor, { session });
    expect(cut).toBe(false);
    expect(items.map((event) => event.data?.['n'])).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('is grouped by action, each where it began', async () => {
    const { items } = await getSession(auditor, { session });
    const groups = groupsOf(items).map(({ action, events, before }) => [
      action,
      events.map((event) => event.data?.['n']),
      before?.data?.['n'],
    ]);
    expect(groups).toEqual([
      [undefined, [1, 2, 3], undefined],
      [first, [4, 8], 3],
      [undefined, [5], 4],
      [second, [6, 9], 5],
      [undefined, [7], 6],
    ]);
  });

  it('is cut at a thousand events and says so', async () => {
    const long = newId('ses');
    await load(
      workspace,
      ...Array.from({ length: 1_001 }, (_, n) => ({
        type: 'model.called',
        session: long,
        data: { n },
      })),
    );
    const { items, cut } = await getSession(auditor, { session: long });
    expect([items.length, cut, items[0]?.data?.['n']]).toEqual([1_000, true, 0]);
  });

  it("is not another workspace's, nor an approver's", async () => {
    const other = memberContext(newId('ws'), 'auditor');
    expect(await problemOf(getSession(other, { session }))).toMatchObject({ status: 404 });
    const approver = memberContext(workspace, 'approver');
    expect(await problemOf(getSession(approver, { session }))).toMatchObject({ status: 403 });
    expect(await problemOf(getSession(auditor, { session: 'ses_x' }))).toMatchObject({
      status: 422,
      fields: ['session'],
    });
  });
});
