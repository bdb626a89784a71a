import { describe, expect, it } from 'vitest';
import { Authenticator } from '@/lib/domains/workspaces/test/authenticator';
import { fileOf, TestLog } from '../test/export-file';
import { verifyExport } from './verify';

const digest = (of: string) => `sha256:${of.repeat(64)}`;
const shown = digest('f');
const ada = { type: 'member', id: 'mbr_ada' };
const bob = { type: 'member', id: 'mbr_bob' };
const passkey = new Authenticator();

const registered = (
  { id, jwk, site }: Authenticator = passkey,
  actor: object = ada,
  changes: object = {},
) => ({
  ...{ type: 'member.passkey_registered', actor },
  data: { credential_id: id, public_key: jwk, rp_id: site.rpId, ...changes },
});
const removed = (actor = ada) => ({
  ...{ type: 'member.passkey_removed', actor },
  data: { credential_id: passkey.id },
});
const approved = (
  { by = passkey, actor = ada as object, of = digest('a'), type = 'approval.approved' } = {},
  changes: object = {},
) => ({
  ...{ type, actor, digest: of },
  data: { display_digest: shown, assertion: by.evidence(of, shown), ...changes },
});

function logOf(...events: object[]): TestLog {
  const log = new TestLog(3);
  for (const event of events) log.append(event);
  return log;
}
const verify = (lines: string[]) => verifyExport(fileOf(lines));
const whole = (...events: object[]) => verify(logOf(...events).complete());

describe('in a complete export', () => {
  it('signatures are counted once their passkeys were registered by those who approved', async () => {
    const other = new Authenticator('EdDSA');
    const report = await whole(
      registered(),
      approved(),
      registered(other, bob),
      approved({ by: other, actor: bob, type: 'approval.signed' }),
      { type: 'approval.approved', actor: bob, digest: digest('a'), data: {} },
      removed(),
    );
    expect(report).toMatchObject({ verdict: 'verified', problems: [] });
    expect(report.proved.join('\n')).toContain('Signed by passkey: 2 approvals.');
    expect(report.notProved.join('\n')).not.toContain('passkey');
  });

  it('says nothing of passkeys where none signed', async () => {
    const report = await whole(registered());
    expect(report.proved.join('\n')).not.toContain('passkey');
  });

  it.each<[string, object[], string]>([
    ['never registered', [approved()], 'no member had registered'],
    ['registered later', [approved(), registered()], 'no member had registered'],
    ['removed before', [registered(), removed(), approved()], 'removed before'],
    ['of another member', [registered(passkey, bob), approved()], 'another member'],
    [
      'of another key',
      [registered(passkey, ada, { public_key: new Authenticator().jwk }), approved()],
      'another key',
    ],
    [
      'of another site',
      [registered(passkey, ada, { rp_id: 'elsewhere.example' }), approved()],
      'another site',
    ],
    [
      'under what no member approved',
      [registered(), approved({ actor: { type: 'agent', id: 'mbr_ada' } })],
      'of a member',
    ],
    [
      'of another action',
      [registered(), { ...approved(), digest: digest('b') }],
      'for another action',
    ],
    [
      'of another card',
      [registered(), approved({}, { display_digest: digest('b') })],
      'another card',
    ],
    ['of no form', [registered(), approved({}, { assertion: true })], 'form'],
  ])('a signature %s fails, by its line', async (_, events, why) => {
    const report = await whole(...events);
    expect(report).toMatchObject({ verdict: 'failed', proved: [] });
    const at = events.findIndex((event) => 'digest' in event);
    expect(report.problems).toEqual([{ line: 4 + at, message: expect.stringContaining(why) }]);
  });
});

describe('in a filtered export', () => {
  it('each signature is checked, and that its passkey was registered is said to be open', async () => {
    const log = logOf(registered(), approved());
    const report = await verify(log.filtered([4]));
    expect(report).toMatchObject({ verdict: 'verified' });
    expect(report.proved.join('\n')).toContain('Signed by passkey: 1 approval.');
    expect(report.notProved.join('\n')).toContain('had registered them is checked in a complete');
    const bad = logOf(registered(), { ...approved(), digest: digest('b') });
    expect(await verify(bad.filtered([0, 4]))).toMatchObject({
      verdict: 'failed',
      problems: [{ line: 2, message: expect.stringContaining('for another action') }],
    });
  });
});
