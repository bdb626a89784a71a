import { afterAll, beforeAll, expect, it } from 'vitest';
import { verifyNow } from '@/lib/domains/trail/server';
import { type OwnDatabase, ownDatabase } from '@/lib/domains/trail/test/own-database';
import { load, memberContext } from '@/lib/domains/trail/test/world';
import { newId } from '@/lib/kernel/ids';
import { startGateway } from '../start';

let own: OwnDatabase;
let gateway: Awaited<ReturnType<typeof startGateway>>;
beforeAll(async () => {
  own = await ownDatabase();
  gateway = await startGateway({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await gateway?.stop();
  await own?.stop();
});

it('is not ready while a trail does not verify, and again once it does', async () => {
  const workspace = newId('ws');
  const auditor = memberContext(workspace, 'auditor');
  const ready = async () => {
    const response = await fetch(`${gateway.url}/readyz`);
    return { status: response.status, body: await response.json() };
  };
  const outcome = (value: string | null) =>
    own.administrator.query('UPDATE events SET outcome = $2 WHERE workspace_id = $1 AND idx = 3', [
      workspace,
      value,
    ]);
  await load(workspace, ...Array.from({ length: 5 }, () => ({ type: 'test.happened' })));
  await verifyNow(auditor, {});
  expect(await ready()).toEqual({ status: 200, body: { ready: true, problems: [] } });
  await outcome('allow');
  await verifyNow(auditor, {});
  expect(await ready()).toMatchObject({
    status: 503,
    body: {
      ready: false,
      problems: [{ code: 'trail_verification_failed', workspace, first_bad: 3 }],
    },
  });
  await outcome(null);
  await verifyNow(auditor, {});
  expect((await ready()).status).toBe(200);
});
