import { expect, it } from 'vitest';
import { reviewsJobs, takeAssigned } from '@/lib/domains/reviews/server';
import { inWorkspace } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import { newId } from '@/lib/kernel/ids';
import { setPreference } from './service/manage';
import { noticeSuite, posted } from './test/suite';
import type { NoticeWorld } from './test/world';

const { mailsTo, refuse, world: bare } = noticeSuite();
const reviews = ['review_assigned', 'review_overdue', 'review_finding', 'tier_proposed'];

async function world(): Promise<NoticeWorld> {
  const made = await bare();
  await made.channel('email', { occasions: reviews });
  await made.channel('slack', { occasions: reviews });
  await made.channel('webhook', { occasions: reviews });
  await made.channel('teams', { occasions: ['held'] });
  return made;
}

interface Kept {
  to?: string[];
  excluded?: string[];
  escalated?: boolean;
  verdict?: string;
  permission?: string;
}

/** A supervised action of ten minutes ago that is in the sample; its ids. */
async function sampled(w: NoticeWorld, kept: Kept = {}) {
  const [id, action] = [newId('smp'), newId('act')];
  const at = new Date(clock.now().getTime() - 600_000);
  const { rows } = await w.owner.query<{ id: string }>(
    'SELECT id FROM agents WHERE workspace_id = $1',
    [w.workspace],
  );
  const own = { workspace_id: w.workspace };
  await w.insert('actions', {
    ...{ ...own, id: action, agent_id: rows[0]?.id, session_id: newId('ses') },
    ...{ type: 'refunds.create', parameters: '{"to":"SECRET"}', summary: 'SECRET', why: 'SECRET' },
    ...{ evidence: '[]', untrusted: '[]', decision: 'allow', tier: 2, reasons: '[]' },
    ...{ policy_version: 'pol', permissions: kept.permission ? [kept.permission] : [] },
    ...{ digest: 'd', idempotency_key: action, request_hash: 'h', status: 'succeeded' },
    created_at: at,
  });
  await w.insert('samples', {
    ...{ ...own, id, action_id: action, day: at, due_at: new Date(at.getTime() + 86_400_000) },
    ...{ excluded: kept.excluded ?? [], created_at: at, verdict: kept.verdict ?? null },
    escalated_at: kept.escalated ? at : null,
  });
  for (const [place, member] of (kept.to ?? []).entries()) {
    await w.owner.query(
      `INSERT INTO sample_reviews (sample_id, place, workspace_id, assigned_to) VALUES ($1, $2, $3, $4)`,
      [id, place + 1, w.workspace, member],
    );
  }
  return { id, action };
}

const looks = (w: NoticeWorld) => Promise.all([w.tick(), w.tick(), w.tick()]);

it('tells a person once a day how many are theirs and by when, and a channel how many there are', async () => {
  const w = await world();
  const [ada, bob, cleo] = [
    await w.member(['approver']),
    await w.member(['approver']),
    await w.member(['approver']),
  ];
  await setPreference(cleo.ctx, { email: false });
  for (let n = 0; n < 3; n += 1) await sampled(w, { to: [ada.id, ...(n === 0 ? [bob.id] : [])] });
  await sampled(w, { to: [cleo.id] });
  await looks(w);
  await w.tick();
  expect(mailsTo(ada.email)).toHaveLength(1);
  expect(mailsTo(ada.email)[0]?.text).toContain('3 actions to review');
  expect(mailsTo(ada.email)[0]?.text).toContain('Due by: ');
  expect(mailsTo(ada.email)[0]?.text).toContain('http://127.0.0.1:3000/reviews');
  expect(mailsTo(bob.email)[0]?.text).toContain('1 action to review');
  expect(mailsTo(cleo.email)).toEqual([]);
  expect(posted(w, 'slack')).toHaveLength(1);
  expect(posted(w, 'webhook')).toMatchObject([
    {
      type: 'countersign.notification.review_assigned',
      data: { action: null, review: { count: 5, due: expect.any(String) } },
    },
  ]);
  expect(posted(w, 'teams')).toEqual([]);
  const told = JSON.stringify([posted(w, 'slack'), posted(w, 'webhook'), mailsTo(ada.email)]);
  expect(told).not.toMatch(/SECRET|refunds\.create|smp_/);

  // What comes later that day is told with the next day's, and nothing is told twice.
  await sampled(w, { to: [ada.id] });
  await looks(w);
  expect(mailsTo(ada.email)).toHaveLength(1);
  const tomorrow = new Date(clock.now().getTime() + 86_400_000);
  const next = await inWorkspace(w.workspace, (tx) => takeAssigned(tx, tomorrow));
  expect(next.people).toMatchObject([{ member: ada.id, count: 1 }]);
});

it('leaves what is being drawn at this moment until it is', async () => {
  const w = await world();
  const ada = await w.member(['approver']);
  const { id } = await sampled(w, { to: [ada.id] });
  await w.owner.query('UPDATE samples SET created_at = now() WHERE id = $1', [id]);
  await w.tick();
  expect(await w.rows()).toEqual([]);
});

it('does not send to whom nothing is left to review', async () => {
  const w = await world();
  const ada = await w.member(['approver']);
  const { id } = await sampled(w, { to: [ada.id] });
  refuse(ada.email, 451);
  await w.tick();
  const before = await w.rows({ recipient: ada.id });
  expect(before).toMatchObject([{ state: 'queued', tries: 1 }]);
  await w.owner.query(
    `UPDATE sample_reviews SET verdict = 'correct', reviewed_by = assigned_to WHERE sample_id = $1`,
    [id],
  );
  await w.waitOver();
  await w.tick();
  expect(await w.rows({ recipient: ada.id })).toMatchObject([{ state: 'skipped' }]);
});

it('tells what is overdue to who may take it and to the admins, once for all of it', async () => {
  const w = await world();
  const [ada, bob, cleo] = [
    await w.member(['approver']),
    await w.member(['approver']),
    await w.member(['auditor']),
  ];
  for (let n = 0; n < 2; n += 1) {
    await sampled(w, { to: [ada.id], excluded: [bob.id], escalated: true });
  }
  await w.owner.query(`UPDATE sample_reviews SET told_on = current_date WHERE workspace_id = $1`, [
    w.workspace,
  ]);
  await looks(w);
  await w.tick();
  const rows = await w.rows({ occasion: 'review_overdue' });
  const recipients = rows.map(({ recipient }) => String(recipient)).filter(Boolean);
  expect(recipients.toSorted()).toEqual([ada.id, w.admin.actor.id].toSorted());
  expect(mailsTo(ada.email)[0]?.text).toContain('2 reviews are overdue');
  expect([...mailsTo(bob.email), ...mailsTo(cleo.email)]).toEqual([]);
  expect(posted(w, 'webhook')).toMatchObject([{ data: { review: { count: 2 } } }]);
});

it('tells of a finding to the admins and to who answers for the agent', async () => {
  const w = await world();
  const [sponsor, other] = [await w.member(['auditor']), await w.member(['approver'])];
  await w.owner.query('UPDATE agents SET sponsor_id = $1 WHERE workspace_id = $2', [
    ...[sponsor.id, w.workspace],
  ]);
  const { id } = await sampled(w, { verdict: 'wrong' });
  const finding = newId('rfd');
  await w.insert('review_findings', {
    ...{ id: finding, workspace_id: w.workspace, sample_id: id, opened_by: other.id },
    opened_at: new Date(),
  });
  await looks(w);
  await w.tick();
  const rows = await w.rows({ occasion: 'review_finding' });
  const recipients = rows.map(({ recipient }) => String(recipient)).filter(Boolean);
  expect(recipients.toSorted()).toEqual([sponsor.id, w.admin.actor.id].toSorted());
  expect(mailsTo(sponsor.email)[0]?.text).toContain('Agent: refund-agent');
  expect(mailsTo(sponsor.email)[0]?.text).toContain('/reviews?view=3Dfindings');
  expect(posted(w, 'webhook')).toMatchObject([{ data: { review: { finding } } }]);
  expect(JSON.stringify(posted(w, 'webhook'))).not.toContain('SECRET');
});

it('tells the admins when the verdicts begin to propose another tier, once', async () => {
  const w = await world();
  const ada = await w.member(['approver']);
  const { rows } = await w.owner.query<{ id: string }>(
    'UPDATE permissions SET tier = 2 WHERE workspace_id = $1 RETURNING id',
    [w.workspace],
  );
  const permission = String(rows[0]?.id);
  for (let n = 0; n < 8; n += 1) await sampled(w, { verdict: 'wrong', permission });
  const verdicts = async () => {
    for (const job of reviewsJobs) await job.perform(w.workspace, {});
    await looks(w);
  };
  await verdicts();
  await verdicts();
  const told = await w.rows({ occasion: 'tier_proposed' });
  expect(told.map(({ recipient }) => recipient).filter(Boolean)).toEqual([w.admin.actor.id]);
  expect(mailsTo(ada.email)).toEqual([]);
  expect(posted(w, 'webhook')).toMatchObject([
    {
      data: {
        title: 'The reviews propose refunds.create up a tier; nothing has moved',
        url: 'http://127.0.0.1:3000/reviews?view=rates',
        review: { move: 'raise', action_type: 'refunds.create' },
      },
    },
  ]);
  // No longer proposed, and then again: that is news.
  await w.owner.query('UPDATE permissions SET tier = 3 WHERE id = $1', [permission]);
  await verdicts();
  await w.owner.query('UPDATE permissions SET tier = 2 WHERE id = $1', [permission]);
  await verdicts();
  expect(posted(w, 'webhook')).toHaveLength(2);
});
