/** AuthZEN about declared types: what is taken from whom, how far it leads, and how it is searched. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCedarPolicy, putCedarSchema, putEntity } from '@/lib/domains/access/server';
import { type RunningGateway, serveGateway } from '../http/serve';
import { makeWorld, type World } from '../test/world';
import { adminOf, asking, loadFixture, type Post, tokenOf } from './test/world';

let gateway: RunningGateway;
let world: World;
let post: Post;

beforeAll(async () => {
  world = await makeWorld();
  await loadFixture(world);
  gateway = await serveGateway({ host: '127.0.0.1', port: 0 });
  post = asking(gateway.url, await tokenOf(world));
});
afterAll(async () => {
  await gateway.stop();
  await world.close();
});

const basic = {
  subject: { type: 'user', id: 'alice' },
  action: { name: 'read' },
  resource: { type: 'record', id: 'record-1' },
};
describe('what is declared', () => {
  const status = (value: unknown) => ({ ...basic.resource, properties: { status: value } });
  it('is taken from the request only in its type', async () => {
    const asked = { ...basic, action: { name: 'write' }, resource: status(5) };
    expect((await post('evaluation', asked)).body).toEqual({
      decision: false,
      context: { error: { status: 400, message: 'resource.properties.status must be a string' } },
    });
    const soft = { ...basic, action: { name: 'delete', properties: { soft: 'yes' } } };
    expect((await post('evaluation', soft)).body).toMatchObject({
      decision: false,
      context: { error: { status: 400, message: 'context.action.soft must be true or false' } },
    });
  });

  it('stands over what is stored, for this request alone', async () => {
    const write = { ...basic, action: { name: 'write' } };
    expect((await post('evaluation', write)).body.decision).toBe(true);
    expect(
      (await post('evaluation', { ...write, resource: status('archived') })).body.decision,
    ).toBe(false);
    expect((await post('evaluation', write)).body.decision).toBe(true);
  });

  it('leads through parents, attributes and groups of actions, and an error denies', async () => {
    const deep = await makeWorld();
    const ctx = adminOf(deep);
    await putCedarSchema(ctx, {
      text: `entity team in [team];
entity person in [team] { boss?: person, level: Long };
entity paper { author: person, seen?: Long };
action reading;
action open, skim in [reading] appliesTo { principal: person, resource: paper, context: { from?: ipaddr, at?: datetime } };
namespace Lab { action probe appliesTo { principal: person, resource: paper }; }`,
    });
    await createCedarPolicy(ctx, {
      name: 'papers',
      text: `permit (principal in team::"all", action in Action::"reading", resource) when { principal has boss && principal.boss has boss && principal.boss.boss == resource.author };
forbid (principal, action == Action::"skim", resource) when { resource has seen && resource.seen * 9007199254740991 > 3 };
forbid (principal, action == Action::"open", resource) when { context has from && context.from.isInRange(ip("10.0.0.0/8")) };
permit (principal, action == Lab::Action::"probe", resource) when { person::"root".level > 3 };`,
    });
    const put = (type: string, id: string, properties: object, ...parents: object[]) =>
      putEntity(ctx, { type, id, properties, parents });
    await put('team', 'all', {});
    await put('team', 'part', {}, { type: 'team', id: 'all' });
    await put('person', 'root', { level: 4 });
    await put('person', 'mid', { level: 3, boss: 'root' });
    await put(
      'person',
      'low',
      { level: 1, boss: { type: 'person', id: 'mid' } },
      { type: 'team', id: 'part' },
    );
    await put('paper', 'p', { author: 'root' });
    const ask = asking(gateway.url, await tokenOf(deep));
    const asked = (name: string, more: object = {}, properties: object = {}) => ({
      subject: { type: 'person', id: 'low' },
      action: { name },
      resource: { type: 'paper', id: 'p', properties },
      ...more,
    });
    const decide = async (...args: Parameters<typeof asked>) =>
      (await ask('evaluation', asked(...args))).body;
    expect(await decide('open')).toEqual({ decision: true });
    expect(await decide('skim')).toEqual({ decision: true });
    expect(await decide('reading')).toMatchObject({ decision: false });
    expect(await decide('Lab::probe')).toEqual({ decision: true });
    expect((await decide('open', { context: { from: '10.1.1.1' } })).decision).toBe(false);
    expect((await decide('open', { context: { from: '11.1.1.1' } })).decision).toBe(true);
    expect(await decide('open', { context: { from: 'home' } })).toMatchObject({
      context: { error: { status: 400, message: 'context.from is no ipaddr' } },
    });
    expect(await decide('skim', {}, { seen: 9_007_199_254_740_991 })).toMatchObject({
      decision: false,
      context: { error: { status: 500 } },
    });
    expect((await decide('open', {}, { author: 'mid' })).decision).toBe(false);
    const { subject, resource } = asked('open');
    expect((await ask('search/action', { subject, resource })).body.results).toEqual([
      { name: 'Lab::probe' },
      { name: 'open' },
      { name: 'skim' },
    ]);
    await deep.close();
  });

  it('is searched in pages of bounded work, and found whole', async () => {
    const large = await makeWorld();
    const ctx = adminOf(large);
    await putCedarSchema(ctx, {
      text: 'entity person { even: Bool }; entity thing; action use appliesTo { principal: person, resource: thing };',
    });
    await createCedarPolicy(ctx, {
      name: 'use',
      text: 'permit (principal, action == Action::"use", resource) when { principal.even };',
    });
    await putEntity(ctx, { type: 'thing', id: 't' });
    // The last ones alone are found, so that a page is looked for past many.
    await large.owner.query(
      `INSERT INTO entities (workspace_id, type, id, properties, updated_by, updated_at)
       SELECT $1, 'person', 'p' || lpad(n::text, 5, '0'), jsonb_build_object('even', n > 2400), 'x', now()
       FROM generate_series(1, 2500) n`,
      [large.workspace],
    );
    const ask = asking(gateway.url, await tokenOf(large));
    const asked = {
      subject: { type: 'person' },
      action: { name: 'use' },
      resource: { type: 'thing', id: 't' },
    };
    const found: unknown[] = [];
    let requests = 0;
    let page: object = { limit: 30 };
    for (;;) {
      const { body } = await ask('search/subject', { ...asked, page });
      requests += 1;
      expect(body.results.length).toBeLessThanOrEqual(30);
      found.push(...body.results.map(({ id }) => id));
      if (body.page.next_token === '') break;
      page = { limit: 30, token: body.page.next_token };
    }
    expect(found).toEqual(Array.from({ length: 100 }, (_, n) => `p0${2401 + n}`));
    expect(requests).toBeGreaterThan(4);
    await large.close();
  });
});
