import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeGatewayJobs, type RunningGateway, startGateway } from '@/lib/domains/gateway/server';
import { closeDb } from '@/lib/infra/db';
import { closeQueue } from '@/lib/infra/queue';
import { asRole } from '@/lib/infra/testing/as-role';
import { newId } from '@/lib/kernel/ids';
import {
  createChannel,
  pauseChannel,
  removeChannel,
  rotateChannelSecret,
  setPreference,
  updateChannel,
} from './service/manage';
import { getChannel, getPreference, listChannels, listNotifications } from './service/read';
import { testChannel } from './service/try';
import {
  type MailServer,
  memberContext,
  type NoticeWorld,
  noticeWorld,
  startMail,
} from './test/world';

let mail: MailServer;
let gateway: RunningGateway;
let w: NoticeWorld;
let other: NoticeWorld;

beforeAll(async () => {
  mail = await startMail();
  gateway = await startGateway({ host: '127.0.0.1', port: 0 });
  w = await noticeWorld(gateway.url);
  other = await noticeWorld(gateway.url);
});

afterAll(async () => {
  await w.end();
  await other.end();
  await mail.close();
  await gateway.stop();
  await closeGatewayJobs();
  await closeQueue();
  await closeDb();
});

const URL_SECRET = 'T0K3N';

describe('a channel', () => {
  it('never says its address or its secret again, in no answer, event, log or row', async () => {
    for (const kind of ['slack', 'teams', 'webhook']) {
      const made = await w.channel(kind);
      const { id } = made.channel;
      const rotated = kind === 'webhook' ? await rotateChannelSecret(w.admin, { id }) : undefined;
      await updateChannel(w.admin, { id, url: `${w.receiver.url}/${kind}/${URL_SECRET}` });
      await pauseChannel(w.admin, { id });
      const secrets = [made.secret, rotated?.secret].flatMap((one) => (one ? [one] : []));
      const said = JSON.stringify([
        made.channel,
        rotated?.channel,
        await getChannel(w.admin, { id }),
        await listChannels(w.admin, {}),
        await listNotifications(w.admin, {}),
        await w.events(),
      ]);
      for (const secret of [URL_SECRET, ...secrets]) expect(said).not.toContain(secret);
      const { rows } = await w.owner.query<{ row: string }>(
        `SELECT c::text || encode(coalesce(target, ''), 'escape') || encode(coalesce(secret, ''), 'escape') AS row
         FROM notification_channels c WHERE id = $1`,
        [id],
      );
      for (const secret of [URL_SECRET, ...secrets]) expect(rows[0]?.row).not.toContain(secret);
    }
  });

  it('is tried for real, and says what was answered', async () => {
    const { channel, secret } = await w.channel('webhook');
    expect(await testChannel(w.admin, { id: channel.id })).toEqual({
      delivered: true,
      error: null,
    });
    const sent = w.receiver.seen.at(-1);
    new Webhook(secret ?? '').verify(sent?.body ?? '', sent?.headers as Record<string, string>);
    w.receiver.behave((_, response) => void response.writeHead(404).end(URL_SECRET));
    const slack = await w.channel('slack');
    const answer = await testChannel(w.admin, { id: slack.channel.id });
    expect(answer).toEqual({ delivered: false, error: 'The receiver answered 404.' });
    const email = await w.channel('email');
    expect(await testChannel(w.admin, { id: email.channel.id })).toMatchObject({ delivered: true });
    expect(mail.mails.at(-1)?.to).toEqual([`${w.admin.actor.id}@example.test`]);
    const tests = (await w.events()).filter(({ type }) => type === 'notification_channel.tested');
    expect(tests).toHaveLength(3);
  });

  it('signs with the old secret too for a day after a rotation', async () => {
    const { channel, secret: old = '' } = await w.channel('webhook');
    const { secret = '' } = await rotateChannelSecret(w.admin, { id: channel.id });
    await testChannel(w.admin, { id: channel.id });
    const sent = w.receiver.seen.at(-1);
    for (const each of [old, secret]) {
      const headers = sent?.headers as Record<string, string>;
      expect(new Webhook(each).verify(sent?.body ?? '', headers)).toMatchObject({
        data: { occasion: 'test' },
      });
    }
  });

  it('forgets its address once it is removed, and its name is free', async () => {
    const { channel } = await w.channel('slack', { name: 'Ops' });
    await expect(w.channel('slack', { name: 'Ops' })).rejects.toMatchObject({ status: 409 });
    await removeChannel(w.admin, { id: channel.id });
    const { rows } = await w.owner.query(
      'SELECT target, secret, state FROM notification_channels WHERE id = $1',
      [channel.id],
    );
    expect(rows).toEqual([{ target: null, secret: null, state: 'removed' }]);
    await expect(getChannel(w.admin, { id: channel.id })).rejects.toMatchObject({ status: 404 });
    await w.channel('slack', { name: 'Ops' });
  });

  it.each([
    ['an address that is not encrypted', { kind: 'slack', url: 'http://hooks.example.com/x' }],
    ['an address with a user', { kind: 'slack', url: 'https://u:p@hooks.example.com/x' }],
    ['no address', { kind: 'teams' }],
    ['an address of email', { kind: 'email', url: 'https://example.com/x' }],
    ['another kind', { kind: 'pager', url: 'https://example.com/x' }],
    ['a list of no groups', { kind: 'email', groups: [] }],
    ['a group of nobody', { kind: 'email', groups: [newId('grp')] }],
    ['an unknown occasion', { kind: 'email', occasions: ['broke_glass'] }],
    ['a field that is not there', { kind: 'email', secret: 'x' }],
  ])('refuses %s, and nothing is written', async (_, input) => {
    const before = await listChannels(w.admin, {});
    await expect(createChannel(w.admin, { name: 'Refused', ...input })).rejects.toMatchObject({
      status: 422,
    });
    expect(await listChannels(w.admin, {})).toEqual(before);
  });

  it('is never sent to a link-local address, whatever was entered', async () => {
    const { channel } = await w.channel('webhook', { url: 'https://169.254.169.254/latest' });
    const answer = await testChannel(w.admin, { id: channel.id });
    expect(answer).toMatchObject({ delivered: false });
    expect(answer.error).toContain('link-local');
  });

  it('is for admins to change and auditors to see', async () => {
    const { channel } = await w.channel('email');
    const auditor = (await w.member(['auditor'])).ctx;
    const approver = (await w.member(['approver'])).ctx;
    const seen = await listChannels(auditor, {});
    expect(seen.can.create).toMatchObject({ allowed: false });
    expect(seen.items[0]?.can.update).toMatchObject({ allowed: false });
    await expect(listChannels(approver, {})).rejects.toMatchObject({ status: 403 });
    for (const ctx of [auditor, approver]) {
      await expect(removeChannel(ctx, { id: channel.id })).rejects.toMatchObject({ status: 403 });
    }
    await getChannel(w.admin, { id: channel.id });
  });
});

describe('another workspace', () => {
  it('sees and reaches none of it', async () => {
    const { channel } = await w.channel('webhook');
    for (const attempt of [getChannel, removeChannel, testChannel, pauseChannel]) {
      await expect(attempt(other.admin, { id: channel.id })).rejects.toMatchObject({ status: 404 });
    }
    expect((await listChannels(other.admin, {})).items).toEqual([]);
    const tables = [
      'notification_channels',
      'notifications',
      'notification_waits',
      'unmanned_groups',
      'email_opt_outs',
    ];
    await w.hold();
    await w.tick();
    await setPreference(w.admin, { email: false });
    for (const table of tables) {
      const count = await asRole('countersign_app', other.workspace, async (client) => {
        const { rows } = await client.query(`SELECT count(*)::int AS n FROM ${table}`);
        return rows[0]?.n;
      });
      expect([table, count]).toEqual([table, 0]);
    }
  });
});

describe('whether one gets mail', () => {
  it('is for oneself to say, in the console', async () => {
    const { ctx, email } = await w.member([]);
    expect(await getPreference(ctx, {})).toMatchObject({
      email: true,
      address: email,
      configured: true,
    });
    expect(await setPreference(ctx, { email: false })).toMatchObject({ email: false });
    expect(await setPreference(ctx, { email: true })).toMatchObject({ email: true });
    const said = (await w.events()).filter(({ type }) => type === 'member.notifications_changed');
    expect(said.at(-1)).toMatchObject({
      object: { type: 'member', id: ctx.actor.id },
      data: { before: { email: false }, after: { email: true } },
    });
    const { workspace, actor } = memberContext(w.workspace, ctx.actor.id, ['admin']);
    const token = { ...actor, tokenId: newId('pat'), scopes: ['write'] } as Record<string, unknown>;
    delete token['sessionId'];
    const byToken = { ...ctx, workspace, actor: token as typeof actor };
    await expect(setPreference(byToken, { email: false })).rejects.toMatchObject({ status: 403 });
  });
});
