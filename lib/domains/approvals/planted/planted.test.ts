/** Planted requests on the real database: like any other until decided, and never run. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executeApproved, explainApi } from '@/lib/domains/gateway/server';
import { makeWorld } from '@/lib/domains/gateway/test/world';
import { trailApi } from '@/lib/domains/trail/server';
import type { Api } from '@/lib/http/api';
import { inWorkspace } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { batchDecide } from '../batch/decide';
import { askAgent } from '../card/ask';
import { contextOfApproval } from '../card/context';
import { narrowAction } from '../card/narrow';
import { signByGrant } from '../grants/use';
import { createGrant } from '../grants/service';
import { openCard } from '../health/opened';
import { membersConcerned } from '../concerned';
import { approvalLoad } from '../health/service';
import { approvalsJobs } from '../jobs';
import { approveAction, breakGlassOn, rejectAction } from '../service/decide';
import { countApprovals, getApproval, listApprovals } from '../service/read';
import { drawPlanted, plantRequest } from './jobs';
import { heldBetween, takeLook } from './repo';
import { plantedCounts, plantNow } from './service';
import { plantedWorld, type PlantedWorld } from './test/world';

let w: PlantedWorld;

beforeAll(async () => {
  w = await plantedWorld();
});
afterAll(() => w.close());

const reason = 'It is not what its evidence tells of';
const first = () => w.as(w.approvers[0]);
const second = () => w.as(w.approvers[1]);
const job = (name: string) => approvalsJobs.find((one) => one.name === name);
/** Another room's operation, as its route asks for it. */
const ask = (api: Api, name: string, ctx: Context, input: unknown) =>
  api.endpoints.find(({ operation }) => operation.operation === name)?.operation(ctx, input);
const story = (ctx: Context, action: string) => ask(trailApi, 'trail.story', ctx, { action });
const explained = (ctx: Context, action: string) =>
  ask(explainApi, 'policies.explain', ctx, { action });
const rowOf = async (id: string) =>
  (await w.world.owner.query('SELECT * FROM planted_requests WHERE action_id = $1', [id])).rows[0];

/** The keys of a value and of all in it, without the values. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (typeof value !== 'object' || value === null) return value === null ? null : typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => one.localeCompare(other))
      .map(([key, inner]) => [key, shapeOf(inner)]),
  );
}

describe('planting', () => {
  it('is off by default, and an admin is told why nothing was planted', async () => {
    await w.source();
    await plantRequest.perform(w.world.workspace, {});
    await drawPlanted.perform(w.world.workspace, {});
    expect(await w.hidden()).toEqual([]);
    await w.rate(5);
    await w.world.owner.query(`UPDATE agents SET state = 'suspended' WHERE id = $1`, [w.agent.id]);
    await plantRequest.perform(w.world.workspace, {});
    await w.world.owner.query(`UPDATE agents SET state = 'active' WHERE id = $1`, [w.agent.id]);
    expect(await w.hidden()).toEqual([]);
    const counts = await plantedCounts(w.as(w.sponsor, ['admin']), {});
    expect(counts).toMatchObject({ per_100: 5, caught: 0, missed: 0, can: { plant: {} } });
    expect(counts.nothing?.why).toContain('No held action');
  });

  it('draws once for each time, whoever looks', async () => {
    const from = clock.now();
    const looks = (to: Date) =>
      Promise.all(
        [1, 2, 3].map(() =>
          inWorkspace(w.world.workspace, (tx) => takeLook(tx, w.world.workspace, to)),
        ),
      );
    await looks(from);
    const to = new Date(from.getTime() + 60_000);
    await w.source();
    const taken = (await looks(to)).filter((one) => one !== undefined);
    expect(taken).toEqual([from]);
    const held = await inWorkspace(w.world.workspace, (tx) => heldBetween(tx, from, to));
    expect(held).toBe(1);
  });

  it('says a commitment and nothing else, in the trail of the same moment', async () => {
    const id = await w.plant();
    const said = (await w.world.events()).filter(({ type }) => type === 'approval.planted');
    expect(said).toHaveLength(1);
    const { commitment } = await rowOf(id);
    expect(Object.keys(said[0] ?? {}).toSorted()).toEqual(
      ['actor', 'data', 'id', 'time', 'type', 'workspace'].toSorted(),
    );
    expect(said[0]?.['data']).toEqual({ commitment });
    expect(JSON.stringify(await w.world.events())).not.toContain(id);
  });

  it('is of one thing wrong that the evidence speaks against', async () => {
    const id = await w.plant();
    const { kind, wrong, source_id: copied } = await rowOf(id);
    const card = await getApproval(first(), { id });
    const { rows } = await w.world.owner.query('SELECT parameters FROM actions WHERE id = $1', [
      copied,
    ]);
    const { parameter, planted, right } = wrong;
    expect(card.display.parameters).toEqual({ ...rows[0].parameters, [parameter]: planted });
    const evidence = JSON.stringify(card.display.evidence);
    expect(evidence).toContain(String(right));
    expect(evidence).not.toContain(String(planted));
    expect(['amount', 'subject']).toContain(kind);
  });

  it('is done at an admin’s word too, by nobody else, and not in another workspace', async () => {
    const before = (await w.hidden()).length;
    for (const roles of [['approver'], ['auditor'], []])
      await expect(plantNow(w.as(w.approvers[0], roles), {})).rejects.toMatchObject({
        status: 403,
      });
    await expect(plantedCounts(first(), {})).rejects.toMatchObject({ status: 403 });
    const { asked_at } = await plantNow(w.as(w.sponsor, ['admin']), {});
    expect(Date.parse(asked_at)).toBeGreaterThan(0);
    expect((await w.world.events()).at(-1)).toMatchObject({ type: 'approval.planting_asked' });
    expect((await w.hidden()).length).toBe(before);
    const other = await makeWorld();
    const [id = ''] = await w.hidden();
    const foreign = w.as(w.approvers[0], ['approver', 'admin'], other.workspace);
    await expect(getApproval(foreign, { id })).rejects.toMatchObject({ status: 404 });
    await expect(approveAction(foreign, { id })).rejects.toMatchObject({ status: 404 });
    expect((await plantedCounts(foreign, {})).per_100).toBe(0);
    await other.close();
  });
});

describe('a planted request', () => {
  it('cannot be told from a real one: in the queue, on its card, in what is counted', async () => {
    const waiting = async () => (await countApprovals(first(), {})).pending;
    const loaded = async () => (await approvalLoad(first(), {})).items[0]?.pending ?? 0;
    const before = [await waiting(), await loaded()];
    const planted = await w.plant();
    expect([await waiting(), await loaded()]).toEqual(before.map((count) => count + 1));
    const { display } = await getApproval(first(), { id: planted });
    const [evidence] = display.evidence;
    const real = await w.hold(
      { order_id: newId('ord'), amount: 60 },
      { evidence: [{ ...evidence, content: { id: 'x', total: 60 } }] },
    );
    const items = (await listApprovals(first(), { status: 'pending', limit: 200 })).items;
    const listed = (id: string) => items.find((one) => one.id === id);
    expect(listed(planted)).toBeDefined();
    const mine = await listApprovals(first(), { mine: 'true', limit: 200 });
    expect(mine.items.map(({ id }) => id)).toEqual(expect.arrayContaining([planted, real]));
    for (const read of [
      (id: string) => Promise.resolve(listed(id)),
      (id: string) => getApproval(first(), { id }),
      (id: string) => getApproval(w.as(w.sponsor, ['admin', 'auditor']), { id }),
      (id: string) => contextOfApproval(first(), { id }),
      (id: string) => openCard(first(), { id }),
      (id: string) => explained(w.as(w.sponsor, ['admin']), id),
    ]) {
      const [one, other] = [await read(planted), await read(real)];
      // What is decided of the like, and what is unusual, may be more or fewer.
      const shape = (of: unknown) => shapeOf({ ...(of as object), similar: [], signs: [] });
      expect(shape(one)).toEqual(shape(other));
    }
    // Whoever is written to about the one is written to about the other.
    const asked = await inWorkspace(w.world.workspace, (tx) =>
      membersConcerned(tx, [planted, real]),
    );
    expect(asked.get(planted)).toEqual(asked.get(real));
    expect(asked.get(planted)).toContain(w.approvers[0]);
    expect(listed(planted)?.planted).toBeNull();
    const auditor = w.as(w.sponsor, ['auditor']);
    await expect(story(first(), planted)).rejects.toMatchObject({ status: 409 });
    await expect(story(first(), real)).rejects.toMatchObject({ status: 409 });
    await expect(story(auditor, newId('act'))).rejects.toMatchObject({
      status: 404,
    });
  });

  it('is reminded of as the others are', async () => {
    const id = await w.plant();
    await w.world.owner.query(
      `UPDATE approvals SET requested_at = requested_at - interval '70 minutes' WHERE action_id = $1`,
      [id],
    );
    await job('approvals.remind')?.perform(w.world.workspace, {});
    expect(await w.eventsOn(id, 'approval.reminded')).toHaveLength(1);
  });

  it('is not there for its agent, nor for what is said of the agent', async () => {
    const id = await w.plant();
    for (const [method, path, body] of [
      ['GET', `/v1/actions/${id}`],
      ['POST', `/v1/actions/${id}/cancel`],
      ['POST', `/v1/actions/${id}/answer`, { question: newId('qst'), answer: 'x' }],
    ] as const)
      expect((await w.client.send(method, path, body)).status).toBe(404);
    const { rows } = await w.world.owner.query(
      'SELECT max(amount) AS most FROM actions WHERE agent_id = $1 AND planted IS NOT TRUE',
      [w.agent.id],
    );
    const { history } = await contextOfApproval(first(), { id: await w.hold({ amount: 50 }) });
    expect(history.agent?.maximum).toBe(rows[0].most);
    expect(await signByGrant(w.as(w.sponsor), newId('gnt'), id)).toBe(false);
  });

  it('never runs, whatever its row says', async () => {
    const id = await w.plant();
    const before = w.tool.seen.length;
    await executeApproved.perform(w.world.workspace, { action: id });
    for (const status of ['approved', 'running', 'permitted', 'succeeded'])
      await expect(
        w.world.owner.query('UPDATE actions SET status = $2 WHERE id = $1', [id, status]),
      ).rejects.toMatchObject({ code: '23514' });
    // One mark without the other is enough: an approved action of which it is said by nothing else.
    const real = await w.hold();
    await approveAction(second(), { id: real });
    await w.world.owner.query(
      `INSERT INTO planted_requests SELECT $2, workspace_id, kind, wrong, source_id, salt, commitment, planted_by, planted_at
       FROM planted_requests WHERE action_id = $1`,
      [id, real],
    );
    await executeApproved.perform(w.world.workspace, { action: real });
    expect(await w.statusOf(real)).toBe('failed');
    expect(w.tool.seen.length).toBe(before);
    await w.world.owner.query('DELETE FROM planted_requests WHERE action_id = $1', [real]);
    const twin = await w.hold();
    await approveAction(second(), { id: twin });
    await executeApproved.perform(w.world.workspace, { action: twin });
    expect(w.tool.seen.length).toBe(before + 1);
  });
});

describe('its end', () => {
  it('is said to whoever approves it, once, with the proof that it was planted', async () => {
    const id = await w.plant();
    const by = await w.approver();
    const before = w.tool.seen.length;
    const seen = await getApproval(w.as(by), { id });
    const narrowed = await narrowAction(w.as(by), {
      ...{ id, display_digest: seen.display_digest },
      parameters: { amount: (seen.display.amount?.value ?? 0) - 1 },
    });
    expect(narrowed.status).toBe('pending');
    const answer = await approveAction(w.as(by), { id });
    const { wrong } = await rowOf(id);
    expect(answer).toMatchObject({
      ...{ status: 'cancelled', decided_by: null, result: null },
      planted: { ...wrong, outcome: 'missed', answer: 'approved', decided_by: { id: by } },
      raised: { others: expect.any(Number) },
    });
    expect(w.tool.seen.length).toBe(before);
    await expect(approveAction(second(), { id })).rejects.toMatchObject({
      code: 'already_decided',
    });
    const types = (await w.eventsOn(id)).map(({ type }) => type);
    expect(types).toEqual(['approval.narrowed', 'approval.revealed']);
    const [said] = await w.eventsOn(id, 'approval.revealed');
    const data = said?.['data'] as Record<string, string>;
    const planted = (await w.world.events()).filter(({ type }) => type === 'approval.planted');
    const hash = createHash('sha256')
      .update(Buffer.from(data['salt'] ?? '', 'hex'))
      .update(id);
    const commitment = `sha256:${hash.digest('hex')}`;
    expect(data).toMatchObject({
      ...{ commitment, decided_by: by, ended: 'missed', decision: 'approved', counted: true },
      parameters: { planted: wrong.planted, right: wrong.right },
    });
    expect(planted.map((one) => (one['data'] as typeof data)['commitment'])).toContain(commitment);
    const { signatures } = await getApproval(second(), { id });
    expect(signatures).toMatchObject([{ member: { id: by }, decision: 'approved' }]);
    expect(data['signature']).toBe(signatures[0]?.id);
  });

  it('is caught by a no and by a question, missed by broken glass and by a grant', async () => {
    const [ann, bob, carl, dora] = await Promise.all([1, 2, 3, 4].map(() => w.approver()));
    const ends: [string, string, string, (id: string) => Promise<unknown>][] = [
      ['caught', 'rejected', ann ?? '', (id) => rejectAction(w.as(ann ?? ''), { id, reason })],
      ['caught', 'asked', bob ?? '', (id) => askAgent(w.as(bob ?? ''), { id, question: 'Why?' })],
      ['missed', 'broke_glass', carl ?? '', (id) => breakGlassOn(w.as(carl ?? ''), { id, reason })],
    ];
    for (const [outcome, answer, by, end] of ends) {
      const id = await w.plant();
      expect(await end(id)).toMatchObject({
        status: 'cancelled',
        ...{ questions: [], broke_glass: false, planted: { outcome, answer } },
      });
      expect(await rowOf(id)).toMatchObject({ outcome, answer, decided_by: by, counted: true });
      expect((await w.eventsOn(id)).map(({ type }) => type)).toEqual(['approval.revealed']);
    }
    // Where two sign no grant is made, of whatever.
    let id: string;
    let card: Awaited<ReturnType<typeof getApproval>>;
    do {
      id = await w.plant();
      card = await getApproval(w.as(dora ?? ''), { id });
    } while (card.needs[0]?.count !== 1);
    const { display } = card;
    const grants = () => w.world.owner.query('SELECT 1 FROM approval_grants');
    const before = (await grants()).rowCount;
    await expect(
      createGrant(w.as(dora ?? ''), {
        ...{ id, minutes: 5, uses: 2, reason, up_to: display.amount?.value },
      }),
    ).rejects.toMatchObject({ code: 'planted' });
    expect((await grants()).rowCount).toBe(before);
    expect(await rowOf(id)).toMatchObject({ outcome: 'missed', answer: 'granted' });
  });

  it('comes in a batch too, where the others are decided as ever', async () => {
    const planted = await w.plant();
    const by = await w.approver();
    const { display } = await getApproval(w.as(by), { id: planted });
    const { amount = 0, ...rest } = display.parameters;
    const real = await w.hold({ ...rest, amount });
    const items = await Promise.all(
      [planted, real].map(async (id) => {
        const { display_digest } = await getApproval(w.as(by), { id });
        return { id, display_digest };
      }),
    );
    const answer = await batchDecide(w.as(by), { decision: 'approved', items });
    expect(answer.items).toMatchObject([
      { id: planted, ok: true, status: 'cancelled', planted: { outcome: 'missed' } },
      { id: real, ok: true },
    ]);
    expect(answer.items[1]).not.toHaveProperty('planted');
    expect(await w.statusOf(real)).toBe('pending');
  });

  it('is one, whoever decides at once', async () => {
    for (let round = 0; round < 3; round += 1) {
      const id = await w.plant();
      const people = await Promise.all([1, 2, 3, 4].map(() => w.approver()));
      const tries = await Promise.allSettled(
        people.map((by, at) =>
          at % 2 === 0 ? approveAction(w.as(by), { id }) : rejectAction(w.as(by), { id, reason }),
        ),
      );
      expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await w.eventsOn(id, 'approval.revealed')).toHaveLength(1);
      const { rows } = await w.world.owner.query(
        'SELECT count(*)::int AS count FROM approval_signatures WHERE action_id = $1',
        [id],
      );
      expect(rows[0].count).toBe(1);
    }
  });

  it('by the clock is revealed in the trail, and counts for nobody', async () => {
    const id = await w.plant();
    await w.world.owner.query(`UPDATE actions SET expires_at = created_at WHERE id = $1`, [id]);
    await job('approvals.expire')?.perform(w.world.workspace, {});
    expect(await w.statusOf(id)).toBe('expired');
    expect(await rowOf(id)).toMatchObject({ outcome: 'expired', counted: false });
    expect(await w.eventsOn(id)).toMatchObject([
      { type: 'approval.revealed', data: { ended: 'expired', counted: false } },
    ]);
    expect((await getApproval(first(), { id })).planted).toMatchObject({ outcome: 'expired' });
  });

  it('counts nothing for the admin who had it planted', async () => {
    const by = await w.approver(['admin', 'approver']);
    const id = await w.plant(by);
    const answer = await approveAction(w.as(by, ['admin', 'approver']), { id });
    expect(answer).toMatchObject({ raised: null, planted: { outcome: 'missed', counted: false } });
    const [said] = await w.eventsOn(id, 'approval.revealed');
    expect(said?.['data']).toMatchObject({ planted_by: by, counted: false });
  });
});
