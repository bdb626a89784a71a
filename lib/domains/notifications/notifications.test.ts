import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import {
  approvalsJobs,
  approveAction,
  breakGlassOn,
  rejectAction,
} from '@/lib/domains/approvals/server';
import { settledText } from '@/lib/infra/testing/settled';
import { clock } from '@/lib/kernel/clock';
import { newId } from '@/lib/kernel/ids';
import { pauseChannel, setPreference } from './service/manage';
import { noticeSuite, posted } from './test/suite';
import type { NoticeWorld } from './test/world';

const { mailsTo, world } = noticeSuite();

const everything = ['held', 'half', 'nine_tenths', 'escalated', 'expired', 'decided', 'unmanned'];

/** Moves a wait so that this share of an hour has passed. */
async function passed(of: NoticeWorld, id: string, share: number): Promise<void> {
  for (const [table, key] of [
    ['approvals', 'action_id'],
    ['actions', 'id'],
  ]) {
    await of.owner.query(
      `UPDATE ${table} SET ${table === 'approvals' ? `requested_at = now() - $2 * interval '1 hour',` : ''}
         expires_at = now() + (1 - $2::float) * interval '1 hour' WHERE ${key} = $1`,
      [id, share],
    );
  }
}

describe('a held action', () => {
  it('is announced once by every channel, whoever looks, with a link to decide', async () => {
    const w = await world();
    const [ada, bob, cleo] = [
      await w.member(['approver']),
      await w.member(['approver']),
      await w.member(['auditor']),
    ];
    await setPreference(bob.ctx, { email: false });
    const { secret } = await w.channel('webhook');
    for (const kind of ['slack', 'teams', 'email']) await w.channel(kind);
    const id = await w.hold();
    await Promise.all([w.tick(), w.tick(), w.tick()]);
    await w.tick();

    const link = `http://127.0.0.1:3000/approvals/${id}`;
    for (const kind of ['slack', 'teams', 'webhook']) {
      expect(posted(w, kind)).toHaveLength(1);
      expect(JSON.stringify(posted(w, kind))).toContain('Refund 750 for order 4821');
      expect(JSON.stringify(posted(w, kind))).toContain(link);
    }
    expect(mailsTo(ada.email)).toHaveLength(1);
    expect(mailsTo(ada.email)[0]?.text).toContain(link);
    expect(mailsTo(bob.email)).toEqual([]);
    expect(mailsTo(cleo.email)).toEqual([]);

    const sent = w.receiver.seen.find(({ url }) => url.startsWith('/webhook'));
    const verified = new Webhook(secret ?? '').verify(
      sent?.body ?? '',
      sent?.headers as Record<string, string>,
    );
    expect(verified).toMatchObject({
      specversion: '1.0',
      id: sent?.headers['webhook-id'],
      type: 'countersign.notification.held',
      data: { action: { id, agent: 'refund-agent', amount: null, tier: 3 }, url: link },
    });
    expect((await w.rows()).map(({ state }) => state)).toEqual(Array(4).fill('sent'));
  });

  it('is announced also after one that a gateway dated an hour ahead', async () => {
    const w = await world();
    await w.channel('slack');
    const before = await w.hold();
    await w.owner.query(
      `UPDATE approvals SET requested_at = now() - interval '3 hours' WHERE action_id = $1`,
      [before],
    );
    const ahead = await w.hold();
    await w.owner.query(
      `UPDATE approvals SET requested_at = now() + interval '1 hour' WHERE action_id = $1`,
      [ahead],
    );
    await w.tick();
    // At first however long it has waited.
    expect(posted(w, 'slack')).toHaveLength(2);
    const id = await w.hold();
    await w.tick();
    expect(posted(w, 'slack')).toHaveLength(3);
    expect(JSON.stringify(posted(w, 'slack')[2])).toContain(id);
  });

  it('is mailed to nobody who could not sign it', async () => {
    const w = await world();
    const sponsor = await w.member(['approver']);
    const other = await w.member(['approver']);
    await w.owner.query('UPDATE agents SET sponsor_id = $1 WHERE workspace_id = $2', [
      sponsor.id,
      w.workspace,
    ]);
    await w.channel('email');
    await w.hold();
    await w.tick();
    expect(mailsTo(sponsor.email)).toEqual([]);
    expect(mailsTo(other.email)).toHaveLength(1);
  });

  it('says nothing of data that is Confidential', async () => {
    const w = await world({ classification: 'Confidential' });
    await w.owner.query(`UPDATE agents SET clearance = 'Restricted' WHERE workspace_id = $1`, [
      w.workspace,
    ]);
    await w.channel('webhook');
    await w.hold();
    await w.tick();
    const [event] = posted(w, 'webhook');
    expect(event?.['data']).toMatchObject({ sentence: 'Refund an order' });
    expect(settledText(event)).not.toMatch(/4821|750/);
  });

  it('that was held before a channel was there is no news to it', async () => {
    const w = await world();
    await w.hold();
    await w.tick();
    await w.channel('slack');
    await w.tick();
    expect(await w.rows()).toEqual([]);
  });

  it('is told of to channels of its groups only', async () => {
    const w = await world();
    const own = newId('grp');
    for (const [kind, group] of [
      ['slack', own],
      ['teams', newId('grp')],
    ] as const) {
      const { channel } = await w.channel(kind);
      await w.owner.query('UPDATE notification_channels SET groups = $2 WHERE id = $1', [
        channel.id,
        JSON.stringify([group]),
      ]);
    }
    // Any approver may sign it, so that it is no group's.
    await w.hold();
    await w.tick();
    expect(await w.rows()).toEqual([]);
    const id = await w.hold();
    await w.owner.query('UPDATE approvals SET needs = $2 WHERE action_id = $1', [
      id,
      JSON.stringify([{ group: own, count: 1, escalation: [] }]),
    ]);
    await w.tick();
    expect(posted(w, 'slack')).toHaveLength(1);
    expect(posted(w, 'teams')).toEqual([]);
  });
});

describe('a wait', () => {
  it('is told of at half, at nine tenths, when it goes on, and when it runs out', async () => {
    const w = await world();
    const ada = await w.member(['approver']);
    await w.channel('webhook', { occasions: everything });
    await w.channel('email', { occasions: ['held', 'expired'] });
    const id = await w.hold();
    await w.owner.query(
      `UPDATE approvals SET needs = '[{"group":null,"count":1,"escalation":[{"after_minutes":50,"group":null}]}]'
       WHERE action_id = $1`,
      [id],
    );
    const [expire, remind] = approvalsJobs;
    const step = async (share: number) => {
      await passed(w, id, share);
      await expire?.perform(w.workspace, {});
      await remind?.perform(w.workspace, {});
      await Promise.all([w.tick(), w.tick()]);
      return posted(w, 'webhook').map(({ type }) => String(type).split('.').at(-1));
    };
    expect(await step(0)).toEqual(['held']);
    expect(await step(0.6)).toEqual(['held', 'half']);
    expect((await step(0.95)).toSorted()).toEqual(['escalated', 'half', 'held', 'nine_tenths']);
    expect((await step(1.1)).at(-1)).toBe('expired');
    expect(await step(1.2)).toHaveLength(5);
    const mails = mailsTo(ada.email);
    expect(mails).toHaveLength(2);
    expect(mails[1]?.text).toContain('ran out of time');
  });

  it('that ended is told to who was asked, but not to who ended it', async () => {
    const w = await world();
    const [ada, bob, cleo] = [
      await w.member(['approver']),
      await w.member(['approver']),
      await w.member(['approver']),
    ];
    await w.channel('email', { occasions: ['held', 'decided'] });
    await w.channel('webhook', { occasions: ['decided'] });
    const first = await w.hold();
    await w.tick();
    await setPreference(bob.ctx, { email: false });
    const second = await w.hold();
    await w.tick();
    const asked = (await w.rows()).map((row) => [row['state'], row['last_error']]);
    expect(asked).toEqual(Array.from({ length: 5 }, () => ['sent', null]));
    await setPreference(bob.ctx, { email: true });
    await setPreference(cleo.ctx, { email: false });
    for (const id of [first, second]) await rejectAction(ada.ctx, { id, reason: 'Not this one' });
    await Promise.all([w.tick(), w.tick()]);
    expect(mailsTo(ada.email)).toHaveLength(2);
    // He was asked of the first only.
    expect(mailsTo(bob.email)).toHaveLength(2);
    expect(mailsTo(cleo.email)).toHaveLength(2);
    const title = `A held action was rejected by Name of ${ada.id.slice(-6)}`;
    expect(posted(w, 'webhook')).toEqual(
      [1, 2].map(() => expect.objectContaining({ data: expect.objectContaining({ title }) })),
    );
  });

  it('that began and ended while nobody looked is told by its end alone', async () => {
    const w = await world();
    const ada = await w.member(['approver']);
    await w.channel('webhook', { occasions: ['held', 'decided'] });
    const id = await w.hold();
    await approveAction(ada.ctx, { id });
    await w.tick();
    expect((await w.rows()).map(({ occasion }) => occasion)).toEqual(['decided']);
  });

  it('that had been planted is told of like the others, and what it was once it has ended', async () => {
    const w = await world();
    await w.member(['approver']);
    await w.channel('slack', { occasions: ['held', 'decided'] });
    const id = await w.hold();
    await w.owner.query('UPDATE actions SET planted = true WHERE id = $1', [id]);
    await w.tick();
    expect(JSON.stringify(posted(w, 'slack'))).not.toContain('planted');
    await w.owner.query(`UPDATE actions SET status = 'cancelled' WHERE id = $1`, [id]);
    await w.tick();
    expect((await w.rows()).map(({ occasion }) => occasion)).toEqual(['held', 'decided']);
    expect(JSON.stringify(posted(w, 'slack').at(-1))).toContain('had been planted');
  });
});

describe('broken glass', () => {
  it('is told to every admin and by every channel, whatever any of them wants', async () => {
    const w = await world();
    const ada = await w.member(['approver']);
    const [one, two] = [await w.member(['admin']), await w.member(['admin', 'auditor'])];
    await setPreference(one.ctx, { email: false });
    await w.channel('slack', { occasions: [] });
    const { channel } = await w.channel('teams', { occasions: ['decided'] });
    await pauseChannel(w.admin, { id: channel.id });
    const id = await w.hold();
    await breakGlassOn(ada.ctx, { id, reason: 'Everyone else is on the same train' });
    await Promise.all([w.tick(), w.tick()]);
    for (const { email } of [one, two]) {
      expect(mailsTo(email)).toHaveLength(1);
      expect(mailsTo(email)[0]?.text).toContain(`/approvals/${id}`);
    }
    expect(mailsTo(ada.email)).toEqual([]);
    for (const kind of ['slack', 'teams']) {
      expect(posted(w, kind)).toHaveLength(1);
      expect(JSON.stringify(posted(w, kind))).toContain('Glass broken');
    }
    expect(new Set((await w.rows()).map(({ occasion }) => occasion))).toEqual(
      new Set(['broke_glass']),
    );
  });
});

describe('an empty group that a route needs', () => {
  it('is said once, in the trail and to every admin, and again when it is empty again', async () => {
    const w = await world();
    const ada = await w.member(['approver']);
    const own = { workspace_id: w.workspace };
    const group = await w.insert('approver_groups', {
      ...{ id: `grp_${w.workspace}`, ...own, name: 'Finance', updated_at: new Date() },
    });
    await w.insert('approval_routes', {
      ...{ id: `rte_${w.workspace}`, ...own, name: 'Large refunds', position: 0, fits: {} },
      needs: JSON.stringify([{ group, count: 1, escalation: [] }]),
      updated_at: new Date(),
    });
    const member = { ...own, group_id: group, member_id: ada.id };
    await w.insert('approver_group_members', member);
    const said = async () =>
      (await w.events()).filter(({ type }) => type === 'approver_group.unmanned');
    await w.tick();
    expect(await said()).toEqual([]);
    await w.owner.query(`UPDATE members SET state = 'disabled' WHERE id = $1`, [ada.id]);
    await Promise.all([w.tick(), w.tick(), w.tick()]);
    expect(await said()).toEqual([
      expect.objectContaining({
        object: { type: 'approver_group', id: group },
        data: { name: 'Finance', routes: ['Large refunds'] },
      }),
    ]);
    const admin = await w.rows({ occasion: 'unmanned' });
    expect(admin.map(({ recipient, state }) => [recipient, state])).toEqual([
      [w.admin.actor.id, 'sent'],
    ]);
    await w.owner.query(`UPDATE members SET state = 'active' WHERE id = $1`, [ada.id]);
    await w.tick();
    await w.owner.query(`UPDATE members SET roles = '{auditor}' WHERE id = $1`, [ada.id]);
    await w.tick();
    expect(await said()).toHaveLength(2);
    expect(await w.rows({ occasion: 'unmanned' })).toHaveLength(2);
  });
});

describe('what is new', () => {
  it('is found by where the last look left off, after a stop as well', async () => {
    const w = await world();
    await w.channel('webhook');
    const first = await w.hold();
    await w.tick();
    // Held while the jobs process was away for days, with clocks that moved on.
    const late = clock.now();
    const second = await w.hold();
    await w.owner.query(
      `UPDATE notification_waits SET requested_at = $2::timestamptz - interval '3 days' WHERE action_id = $1`,
      [first, late],
    );
    await w.tick();
    expect((await w.rows()).map(({ action_id }) => action_id)).toEqual([first, second]);
  });
});
