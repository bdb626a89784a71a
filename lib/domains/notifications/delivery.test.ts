import { describe, expect, it } from 'vitest';
import { rejectAction } from '@/lib/domains/approvals/server';
import { inWorkspace } from '@/lib/infra/db';
import { setEnv } from '@/lib/infra/env';
import { jobContext } from '@/lib/kernel/context';
import { record, takeNext } from './deliver';
import { pauseChannel, removeChannel, resumeChannel } from './service/manage';
import { noticeSuite, posted } from './test/suite';

const { mailsTo, refuse, world } = noticeSuite();

describe('delivery', () => {
  it('goes on where a worker died, with the same id, and what that one says late is not heard', async () => {
    const w = await world();
    const { channel } = await w.channel('webhook');
    await w.hold();
    w.receiver.behave((_, response) => void response.writeHead(503).end());
    await w.tick();
    await w.waitOver();
    w.receiver.behave((_, response) => void response.writeHead(204).end());
    const before = posted(w, 'webhook').length;
    // It takes the message and is not heard of again.
    const dead = await inWorkspace(w.workspace, (tx) => takeNext(tx, w.workspace));
    expect(dead).toMatchObject({ channelId: channel.id, tries: 2 });
    await w.tick();
    expect(posted(w, 'webhook')).toHaveLength(before);
    await w.waitOver();
    await Promise.all([w.tick(), w.tick()]);
    expect(posted(w, 'webhook')).toHaveLength(before + 1);
    const ids = posted(w, 'webhook').map(({ id }) => id);
    expect(new Set(ids)).toEqual(new Set([dead?.id]));
    if (!dead) throw new Error('nothing was taken');
    await inWorkspace(w.workspace, (tx) =>
      record(tx, jobContext(w.workspace, 'test'), dead, null, { delivered: false, error: 'late' }),
    );
    expect(await w.rows()).toEqual([expect.objectContaining({ state: 'sent', last_error: null })]);
  });

  it('is put off ever longer, one try a time for a channel, and given up after a day', async () => {
    const w = await world();
    w.receiver.behave((_, response) => void response.writeHead(500).end('T0K3N'));
    const { channel } = await w.channel('slack');
    for (let n = 0; n < 3; n += 1) await w.hold();
    await w.tick();
    expect(posted(w, 'slack')).toHaveLength(1);
    const waits: number[] = [];
    for (let n = 0; n < 4; n += 1) {
      await w.waitOver();
      await w.tick();
      const [row] = await w.rows();
      waits.push(Number(row?.['next_try_at']) - Date.now());
    }
    expect(posted(w, 'slack')).toHaveLength(5);
    expect(waits.at(-1)).toBeGreaterThan(waits[0] ?? 0);
    const [row] = await w.rows();
    expect(row).toMatchObject({ state: 'queued', tries: 5 });
    expect(row?.['last_error']).toBe('The receiver answered 500.');
    await w.owner.query(
      `UPDATE notifications SET created_at = now() - interval '1 day' WHERE workspace_id = $1`,
      [w.workspace],
    );
    for (let n = 0; n < 3; n += 1) {
      await w.waitOver();
      await w.tick();
    }
    expect((await w.rows()).map(({ state }) => state)).toEqual(['failed', 'failed', 'failed']);
    const failed = (await w.events()).filter(({ type }) => type === 'notification.failed');
    expect(failed).toHaveLength(3);
    expect(JSON.stringify(failed)).not.toContain('T0K3N');
    expect(failed[0]).toMatchObject({ outcome: 'failed', data: { channel: channel.id } });
  });

  it('keeps to what a receiver asks for with Retry-After', async () => {
    const w = await world();
    w.receiver.behave(
      (_, response) => void response.writeHead(429, { 'retry-after': '900' }).end(),
    );
    await w.channel('slack');
    await w.hold();
    await w.tick();
    const [row] = await w.rows();
    expect(Number(row?.['next_try_at'])).toBeGreaterThan(Date.now() + 880_000);
  });

  it('is retried after a 4xx, so that a mended address gets what was missed', async () => {
    const w = await world();
    w.receiver.behave((_, response) => void response.writeHead(404).end());
    const { channel } = await w.channel('teams');
    await w.hold();
    await w.tick();
    await pauseChannel(w.admin, { id: channel.id });
    w.receiver.behave((_, response) => void response.writeHead(202).end());
    await w.waitOver();
    await w.tick();
    expect(posted(w, 'teams')).toHaveLength(1);
    await resumeChannel(w.admin, { id: channel.id });
    await w.tick();
    expect(posted(w, 'teams')).toHaveLength(2);
    expect((await w.rows()).map(({ state }) => state)).toEqual(['sent']);
  });

  it('stops where a receiver is gone, and says so in the trail', async () => {
    const w = await world();
    w.receiver.behave((_, response) => void response.writeHead(410).end());
    const { channel } = await w.channel('webhook');
    await w.hold();
    await w.hold();
    await w.tick();
    expect(posted(w, 'webhook')).toHaveLength(1);
    expect((await w.rows()).map(({ state }) => state).toSorted()).toEqual(['failed', 'skipped']);
    const paused = (await w.events()).filter(({ type }) => type === 'notification_channel.paused');
    expect(paused).toEqual([
      expect.objectContaining({ object: { type: 'notification_channel', id: channel.id } }),
    ]);
  });

  it('hears a failure that Teams puts into a success', async () => {
    const w = await world();
    w.receiver.behave((_, response) => {
      response.end('Webhook message delivery failed with error: HTTP error 429');
    });
    await w.channel('teams');
    await w.hold();
    await w.tick();
    expect(await w.rows()).toEqual([expect.objectContaining({ state: 'queued', tries: 1 })]);
  });

  it('sends nothing more to a channel that was removed', async () => {
    const w = await world();
    w.receiver.behave((_, response) => void response.writeHead(503).end());
    const { channel } = await w.channel('slack');
    await w.hold();
    await w.tick();
    await removeChannel(w.admin, { id: channel.id });
    await w.waitOver();
    await w.hold();
    await w.tick();
    expect(posted(w, 'slack')).toHaveLength(1);
    expect((await w.rows()).map(({ state }) => state)).toEqual(['skipped']);
  });

  it('gives one refused address up and goes on with the others', async () => {
    const w = await world();
    const [ada, bob] = [await w.member(['approver']), await w.member(['approver'])];
    refuse(ada.email, 550);
    await w.channel('email');
    await w.hold();
    await w.tick();
    expect(mailsTo(bob.email)).toHaveLength(1);
    const [row] = await w.rows({ recipient: ada.id });
    expect(row).toMatchObject({ state: 'failed', tries: 1 });
    expect(String(row?.['last_error'])).toContain('550');
  });

  it('mails nobody while no mail server is set up', async () => {
    const w = await world();
    await w.member(['approver']);
    await w.channel('email');
    const { SMTP_URL: url = '' } = process.env;
    setEnv({ SMTP_URL: '' });
    await w.hold();
    await w.tick();
    expect(await w.rows()).toEqual([]);
    setEnv({ SMTP_URL: url });
  });

  it('asks no more about what was decided before the message could go', async () => {
    const w = await world();
    const ada = await w.member(['approver']);
    w.receiver.behave((_, response) => void response.writeHead(503).end());
    await w.channel('slack', { occasions: ['held'] });
    const id = await w.hold();
    await w.tick();
    await rejectAction(ada.ctx, { id, reason: 'Not this one' });
    await w.waitOver();
    await w.tick();
    expect(posted(w, 'slack')).toHaveLength(1);
    expect(await w.rows()).toEqual([
      expect.objectContaining({
        state: 'skipped',
        last_error: 'It was decided before this could be sent.',
      }),
    ]);
  });
});
