import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { settledText } from '@/lib/infra/testing/settled';
import { newId } from '@/lib/kernel/ids';
import { type RunningGateway, serveGateway } from '../http/serve';
import { startTool, type TestTool } from '../test/tool';
import { clientOf, makeWorld, type World } from '../test/world';

const customer = {
  id: 'C-1',
  email: 'ada@example.test',
  iban: 'GB82 WEST 1234 5698 7654 32',
  born: '1815-12-10',
  pin: '4711',
  city: 'London',
};

let gateway: RunningGateway;
let tool: TestTool;
let world: World;
let client: ReturnType<typeof clientOf>;
let session: string;
let type: string;
let asset: string;

beforeAll(async () => {
  gateway = await serveGateway({ host: '127.0.0.1', port: 0 });
  tool = await startTool();
});

afterAll(async () => {
  await gateway.stop();
  await tool.close();
});

beforeEach(async () => {
  world = await makeWorld();
  const agent = await world.agent();
  client = clientOf(gateway.url, world, agent);
  const toolId = await world.tool(tool.url);
  type = await world.actionType(toolId, {
    key: 'customers.read',
    classification: 'Public',
    parameters: { type: 'object', properties: { q: { type: 'string' } } },
    path_template: '/customers',
  });
  await world.permission(await world.role(agent.id), type);
  asset = await world.insert('data_assets', {
    ...{ id: newId('ast'), workspace_id: world.workspace, name: 'customers', kind: 'table' },
    updated_at: new Date(),
  });
  session = '';
  tool.behave((_, response) => {
    response.end(JSON.stringify({ customers: [customer, customer] }));
  });
  return () => world.close();
});

async function field(name: string, classification: string, handling = 'none'): Promise<string> {
  return world.insert('data_fields', {
    ...{ id: newId('fld'), workspace_id: world.workspace, asset_id: asset, name },
    ...{ classification, handling, updated_at: new Date() },
  });
}

const link = (fieldId: string, path: string, direction = 'output') =>
  world.insert('action_type_data', {
    ...{ workspace_id: world.workspace, action_type_id: type, field_id: fieldId },
    ...{ direction, path },
  });

/** The session is started by the first call, so that what came before is in the first snapshot. */
async function read() {
  session ||= await client.session();
  return client.propose(session, {}, { action: 'customers.read' });
}

/** Asks until the answer is this one. */
async function until(status: number) {
  let reply = await read();
  while (reply.status !== status) reply = await read();
  return reply;
}

describe('the classification of linked fields', () => {
  it('denies the next action when one is raised above the clearance, within a second', async () => {
    const id = await field('email', 'Internal');
    await link(id, 'customers[].email');
    expect(await read()).toMatchObject({ status: 200 });
    const set = (classification: string) =>
      world.owner.query('UPDATE data_fields SET classification = $2 WHERE id = $1', [
        id,
        classification,
      ]);
    await set('Restricted');
    // What the product promises of every change that takes something away.
    const start = performance.now();
    let reply = await read();
    while (reply.status === 200 && performance.now() - start < 1_000) reply = await read();
    expect(reply).toMatchObject({
      status: 403,
      body: { code: 'clearance', detail: expect.stringContaining('Restricted') },
    });
    const calls = tool.seen.length;
    expect(await read()).toMatchObject({ status: 403 });
    expect(tool.seen.length).toBe(calls);
    await set('Internal');
    await until(200);
  });

  it('counts for parameters as for results, and as soon as it is linked', async () => {
    const id = await field('diagnosis', 'Confidential');
    expect(await read()).toMatchObject({ status: 200 });
    await link(id, 'q', 'input');
    expect((await until(403)).body['code']).toBe('clearance');
    await world.owner.query('DELETE FROM action_type_data WHERE action_type_id = $1', [type]);
    await until(200);
  });

  it('is what the action, its event and the policy version go by', async () => {
    const before = await read();
    await link(await field('city', 'Internal'), 'customers[].city');
    let after = await read();
    while (after.body['policy_version'] === before.body['policy_version']) after = await read();
    const row = (await world.actions()).find(({ id }) => id === after.body['id']);
    expect(row).toMatchObject({ classification: 'Internal' });
    const events = await world.events();
    const decided = events.find((event) => event['action'] === after.body['id']);
    expect(decided).toMatchObject({ type: 'action.decided', classification: 'Internal' });
    expect(await world.actions()).toContainEqual(
      expect.objectContaining({ id: before.body['id'], classification: 'Public' }),
    );
  });
});

describe('a result', () => {
  beforeEach(async () => {
    await link(await field('email', 'Internal', 'mask'), 'customers[].email');
    await link(await field('iban', 'Internal', 'tokenise'), 'customers[].iban');
    await link(await field('born', 'Internal', 'redact'), 'customers[].born');
    await link(await field('pin', 'Internal', 'never_leave'), 'customers.pin');
  });

  it('is handled before it is answered or stored', async () => {
    const { body } = await read();
    const token = expect.stringMatching(/^tok_[\w-]{24}$/);
    const handled = {
      ...{ id: 'C-1', email: '[email]', iban: token, born: '[redacted]', city: 'London' },
    };
    expect(body['result']).toEqual({ customers: [handled, handled] });
    const again = await read();
    expect(again.body['result']).toEqual(body['result']);
    await gateway.stop();
    const written = JSON.stringify([await world.actions(), await world.events()]);
    for (const hidden of [customer.email, customer.iban, customer.born, customer.pin]) {
      expect(written).not.toContain(hidden);
    }
    expect(written).toContain('[redacted]');
    gateway = await serveGateway({ host: '127.0.0.1', port: 0 });
  });

  it("of another workspace has another's token for the same value", async () => {
    const first = (await read()).body['result'] as { customers: { iban: string }[] };
    const other = await makeWorld();
    const agent = await other.agent();
    const toolId = await other.tool(tool.url);
    const theirs = await other.actionType(toolId, {
      key: 'customers.read',
      parameters: { type: 'object', properties: {} },
      path_template: '/customers',
    });
    await other.permission(await other.role(agent.id), theirs);
    const own = await other.insert('data_assets', {
      ...{ id: newId('ast'), workspace_id: other.workspace, name: 'c', updated_at: new Date() },
    });
    const iban = await other.insert('data_fields', {
      ...{ id: newId('fld'), workspace_id: other.workspace, asset_id: own, name: 'iban' },
      ...{ classification: 'Internal', handling: 'tokenise', updated_at: new Date() },
    });
    await other.insert('action_type_data', {
      ...{ workspace_id: other.workspace, action_type_id: theirs, field_id: iban },
      ...{ direction: 'output', path: 'customers[].iban' },
    });
    const caller = clientOf(gateway.url, other, agent);
    const reply = await caller.propose(await caller.session(), {}, { action: 'customers.read' });
    const second = reply.body['result'] as { customers: { iban: string }[] };
    expect(second.customers[0]?.iban).toMatch(/^tok_/);
    expect(second.customers[0]?.iban).not.toBe(first.customers[0]?.iban);
    await other.close();
  });

  it('that the tool gives with a refusal is handled too', async () => {
    tool.behave((_, response) => {
      response.statusCode = 422;
      response.end(JSON.stringify({ customers: customer }));
    });
    const reply = await read();
    expect(reply).toMatchObject({ status: 502, body: { result: { customers: { id: 'C-1' } } } });
    expect(settledText(reply.body)).not.toMatch(/4711|ada@|1815|GB82/);
  });

  it('that hides its JSON is handled or left out, and what is left out is written nowhere', async () => {
    const whole = JSON.stringify({ customers: customer });
    const deep = `${'['.repeat(9_000)}${whole}${']'.repeat(9_000)}`;
    const results = [];
    for (const text of [`\uFEFF${whole}`, `${whole}}`, deep]) {
      tool.behave((_, response) => {
        response.setHeader('content-type', 'application/json');
        response.end(text);
      });
      const reply = await read();
      expect(reply.status).toBe(200);
      results.push(reply.body['result']);
    }
    expect(results[0]).toMatchObject({ customers: { id: 'C-1', born: '[redacted]' } });
    expect(results.slice(1)).toEqual([
      { omitted: expect.stringContaining('is not') },
      { omitted: expect.stringContaining('nested') },
    ]);
    await gateway.stop();
    const written = settledText([results, await world.actions(), await world.events()]);
    expect(written).not.toMatch(/4711|ada@|1815|GB82/);
    gateway = await serveGateway({ host: '127.0.0.1', port: 0 });
  });

  it('of another shape is left as it is', async () => {
    for (const text of ['plain text', '[1,2]', '{"customers":"none"}']) {
      tool.behave((_, response) => {
        response.end(text);
      });
      const expected = text.startsWith('p') ? text : JSON.parse(text);
      expect((await read()).body['result']).toEqual(expected);
    }
  });
});
