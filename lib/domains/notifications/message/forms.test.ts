import { describe, expect, it } from 'vitest';
import { mailForm, slackForm, teamsForm, webhookForm } from './forms';
import { type HeldFacts, messageOf } from './message';
import { oneLine, unlinked } from './text';

const now = new Date('2026-11-26T10:00:00Z');

function held(over: Partial<HeldFacts> = {}, display: Record<string, unknown> = {}): HeldFacts {
  return {
    id: 'act_1',
    status: 'pending',
    classification: 'Internal',
    expiresAt: new Date('2026-11-26T14:10:00Z'),
    display: {
      sentence: 'Refund $750.00 to order #4821',
      summary: 'SUMMARY',
      why: 'WHY',
      evidence: [{ title: 'EVIDENCE', source: 's', ref: 'r', content: 'SECRET' }],
      untrusted: ['UNTRUSTED'],
      parameters: { order_id: 'PARAMETER', amount: 750, currency: 'USD' },
      action_type: {
        ...{ key: 'refunds.create', title: 'Refund an order', tool: 'orders', effects: [] },
        ...{ reversibility: 'reversible', classification: 'Internal' },
      },
      agent: { id: 'agt_1', name: 'refund-agent', sponsor_id: null },
      on_behalf_of: null,
      session: { id: 'ses_1', initiator: { id: 'INITIATOR' }, attributes: {} },
      tier: 3,
      ...{ reasons: [], permissions: [], ladder: null, policy_version: 'v', digest: 'd' },
      amount: { parameter: 'amount', value: 750 },
      ...display,
    } as HeldFacts['display'],
    ...over,
  };
}

function message(facts: HeldFacts = held(), workspace = 'Acme') {
  return messageOf(
    {
      ...{ id: 'ntf_1', occasion: 'held', createdAt: now, detail: {} },
      workspace: { id: 'ws_1', name: workspace, timeZone: 'Europe/Berlin' },
    },
    facts,
    now,
  );
}

const forms = {
  slack: slackForm,
  teams: teamsForm,
  webhook: webhookForm,
  mail: (one: ReturnType<typeof message>) => mailForm(one, 'a@example.test'),
};

describe('what leaves', () => {
  it.each(Object.entries(forms))('by %s is the sentence and where it stands', (_, form) => {
    const text = JSON.stringify(form(message()));
    expect(text).toContain('Refund $750.00 to order #4821');
    expect(text).toContain('refund-agent');
    expect(text).toContain('750 USD');
    expect(text).toContain('http://127.0.0.1:3000/approvals/act_1');
    expect(text).not.toMatch(/SUMMARY|WHY|EVIDENCE|SECRET|UNTRUSTED|PARAMETER|INITIATOR/);
  });

  it('says how long is left, in the time zone of the workspace', () => {
    expect(message().facts).toContainEqual({
      label: 'Decide by',
      value: '26 Nov 2026, 15:10 CET (4 h left)',
    });
  });

  it.each([
    ['Confidential', {}],
    ['Restricted', {}],
    [null, {}],
    ['Secret', {}],
    ['Internal', { action_type: { ...held().display.action_type, classification: 'Restricted' } }],
  ])('of what is %s is the title of the action type, and no amount', (classification, display) => {
    for (const form of Object.values(forms)) {
      const text = JSON.stringify(form(message(held({ classification }, display))));
      expect(text).toContain('Refund an order');
      expect(text).not.toMatch(/4821|750/);
    }
  });

  it('is masked', () => {
    const sentence = 'Refund to anna@example.com, card 4111 1111 1111 1111';
    for (const form of Object.values(forms)) {
      const text = JSON.stringify(form(message(held({}, { sentence }))));
      expect(text).not.toMatch(/anna|4111 1111/);
      expect(text).toContain('[email]');
    }
  });
});

describe('hostile text', () => {
  const sentence =
    '<!channel> <https://evil.test|Approve> *now* [Approve](https://evil.test/x) www.evil.test ' +
    '<b onmouseover="x">"b"</b> {{DATE(2020-01-01)}} ${x} <at>Ada</at> javascript:alert(1)\r\n' +
    'Bcc: all@evil.test\r\n\r\nbody \u202Eoverride\u200B \uD800';
  const hostile = message(
    held({}, { sentence, agent: { id: 'a', name: 'x\r\nTo: <!here>', sponsor_id: null } }),
  );

  it('is one line without what cannot be seen', () => {
    expect(hostile.sentence).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
    expect(oneLine('x'.repeat(1_000))).toHaveLength(300);
  });

  it('makes no link of its own anywhere but in data', () => {
    expect(unlinked('see https://evil.test/x, evil.test and 750.00')).toBe(
      'see [link] evil.\u2060test and 750.00',
    );
    for (const name of ['slack', 'teams', 'mail'] as const) {
      const text = JSON.stringify(forms[name](hostile));
      expect(text).not.toMatch(/evil\.test|javascript:/);
      expect(text).toContain('/approvals/act_1');
    }
  });

  it('is no markup of Slack', () => {
    const form = slackForm(hostile) as { text: string; blocks: { type: string }[] };
    const texts = JSON.stringify(form);
    expect(texts).not.toMatch(/<!|<http|<b/);
    expect(texts).toContain('&lt;!channel&gt;');
    expect(texts).not.toContain('"mrkdwn"'.concat(':true'));
    const types = [...texts.matchAll(/"type":"(\w+)"/g)].map(([, type]) => type);
    expect(new Set(types)).toEqual(
      new Set(['section', 'context', 'actions', 'button', 'plain_text']),
    );
  });

  it('is no markdown, function or mention of an adaptive card', () => {
    const text = JSON.stringify(teamsForm(hostile));
    expect(text).not.toMatch(/"TextBlock"|"FactSet"|\{\{|\$\{|<at>/);
  });

  it('is no header and no element of a mail', () => {
    const { subject, html, text } = mailForm(hostile, 'a@example.test');
    expect(subject).not.toMatch(/[\r\n]/);
    expect(html).not.toMatch(/<b |<at|<!c|<!h|onmouseover="/);
    expect(html.match(/<a /g)).toHaveLength(1);
    expect(text.split('\n')).not.toContain('Bcc: [email]');
  });
});
