import { expect, it } from 'vitest';
import { Problem } from '@/lib/kernel/problem';
import type { ActionRow } from './action';
import { InFlight } from './in-flight';

const row = { id: 'act_1' } as ActionRow;
const refused = (status: number) =>
  new Problem({ status, code: 'refused', title: 'Refused', detail: 'Refused.' });
const open = () => Promise.resolve();

it('gives who joins the refusal of what was asked, and not that of another token', async () => {
  for (const status of [401, 422]) {
    const inFlight = new InFlight();
    const fail = () => Promise.reject<never>(refused(status));
    const first = inFlight.once('agt_1', 'key', 'hash', () => open().then(fail), open);
    const work = () => Promise.resolve({ row });
    const second = inFlight.once('agt_1', 'key', 'hash', work, open);
    await expect(first).rejects.toMatchObject({ status });
    if (status === 401) expect(await second).toBe(row);
    else await expect(second).rejects.toMatchObject({ status });
  }
});

it('lets nobody join who is not admitted, whatever they bring', async () => {
  const inFlight = new InFlight();
  const none = () => Promise.reject<never>(refused(500));
  const first = inFlight.once('agt_1', 'key', 'hash', () => open().then(() => ({ row })), open);
  const shut = () => Promise.reject(refused(401));
  const others = ['hash', 'other'].map((hash) => inFlight.once('agt_1', 'key', hash, none, shut));
  const reasons = (await Promise.allSettled(others)).map((one) => 'reason' in one && one.reason);
  expect(reasons).toMatchObject([{ status: 401 }, { status: 401 }]);
  expect(await first).toBe(row);
});
