import { describe, expect, it } from 'vitest';
import type { ApprovalEvidence } from '@/lib/kernel/approval-signature';
import { Authenticator } from '@/lib/domains/workspaces/test/authenticator';
import { vectors } from '../test/webauthn-vectors';
import { signatureFits, verifyAssertionOffline } from './assertion';

const digest = `sha256:${'a'.repeat(64)}`;
const displayDigest = `sha256:${'b'.repeat(64)}`;
const approved = { digest, displayDigest };
const SITE = { origin: 'https://console.example', rpId: 'console.example' };
const passkey = new Authenticator('ES256', SITE);
const good = passkey.evidence(digest, displayDigest);
const problem = (changes: Partial<Record<keyof ApprovalEvidence, unknown>>) =>
  verifyAssertionOffline({ ...good, ...changes }, approved);

describe('the published vectors of WebAuthn level 3', () => {
  it.each(vectors)('$name fits, and no longer with any byte changed', (vector) => {
    const key = { public_key: vector.key, algorithm: vector.algorithm };
    const signed = {
      data: Buffer.from(vector.data, 'hex'),
      client: Buffer.from(vector.client),
      signature: Buffer.from(vector.signature, 'hex'),
    };
    expect(signatureFits(signed, key)).toBe(true);
    for (const part of ['data', 'client', 'signature'] as const) {
      for (let at = 0; at < signed[part].length; at += 1) {
        const changed = Buffer.from(signed[part]);
        changed[at] = (changed[at] ?? 0) ^ 0x01;
        expect([part, at, signatureFits({ ...signed, [part]: changed }, key)]).toEqual([
          ...[part, at, false],
        ]);
      }
    }
  });
});

describe('a signature under an approval', () => {
  it.each(['ES256', 'EdDSA', 'RS256'] as const)('holds by %s', (algorithm) => {
    const evidence = new Authenticator(algorithm, SITE).evidence(digest, displayDigest);
    expect(verifyAssertionOffline(evidence, approved)).toBeNull();
  });

  it('does not hold for another action, nor for another card', () => {
    const other = `sha256:${'c'.repeat(64)}`;
    for (const about of [
      { digest: other, displayDigest },
      { digest, displayDigest: other },
      // Moved from the one to the other: the text has lines.
      { digest: `${digest}\n${displayDigest}`, displayDigest: '' },
    ]) {
      expect(verifyAssertionOffline(good, about)).toContain('another action');
    }
  });

  it('does not hold with one character changed anywhere in what is signed', () => {
    for (const field of ['authenticator_data', 'client_data_json', 'signature'] as const) {
      const text = good[field];
      for (let at = 0; at < text.length; at += 1) {
        const changed = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
        expect([field, at, problem({ [field]: changed })]).toEqual([field, at, expect.any(String)]);
      }
    }
  });

  it('does not hold with another key, or one of another kind', () => {
    expect(problem({ public_key: new Authenticator().jwk })).toContain('does not fit');
    expect(problem({ public_key: new Authenticator('EdDSA').jwk })).toContain('does not fit');
    expect(problem({ algorithm: 'EdDSA' })).toContain('does not fit');
    expect(problem({ public_key: { ...good.public_key, d: 'AAAA' } })).toContain('form');
  });

  it('does not hold for another site than it names', () => {
    expect(problem({ origin: 'https://evil.example' })).toContain('not at https://evil.example');
    expect(problem({ rp_id: 'example' })).toContain('another site');
    const of = (otherwise: Parameters<Authenticator['evidence']>[2]) =>
      verifyAssertionOffline(passkey.evidence(digest, displayDigest, otherwise), approved);
    expect(of({ origin: 'https://evil.example' })).toContain('not at');
    expect(of({ rpId: 'evil.example' })).toContain('another site');
    expect(of({ crossOrigin: true })).toContain('inside the page of another site');
    const evil = new Authenticator('ES256', { origin: 'https://evil.example', rpId: SITE.rpId });
    expect(verifyAssertionOffline(evil.evidence(digest, displayDigest), approved)).toContain(
      'is no address of',
    );
    const plain = new Authenticator('ES256', { ...SITE, origin: 'http://console.example' });
    expect(verifyAssertionOffline(plain.evidence(digest, displayDigest), approved)).toContain(
      'is no address of',
    );
  });

  it('does not hold without presence and verification, nor for a registration', () => {
    const of = (otherwise: Parameters<Authenticator['evidence']>[2]) =>
      verifyAssertionOffline(passkey.evidence(digest, displayDigest, otherwise), approved);
    expect(of({ flags: 0x04 })).toContain('nobody was present');
    expect(of({ flags: 0x01 })).toContain('not verified');
    expect(of({ type: 'webauthn.create' })).toContain('webauthn.create');
  });

  it('does not hold when it is none, whatever it is', () => {
    for (const given of [null, 'x', [], {}, { ...good, more: 1 }, { ...good, signature: 7 }]) {
      expect(verifyAssertionOffline(given, approved)).toContain('form');
    }
    expect(problem({ signature: `${good.signature}=` })).toContain('base64url');
    expect(problem({ client_data_json: 'e30' })).toContain('client data');
    expect(problem({ authenticator_data: 'AAAA' })).toContain('too short');
  });
});
