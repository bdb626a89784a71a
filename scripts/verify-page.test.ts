import { createHash } from 'node:crypto';
import { compileFunction } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type * as Assertions from '@/lib/domains/trail/offline/assertion';
import { verifyAssertionOffline } from '@/lib/domains/trail/offline/assertion';
import type * as Verifier from '@/lib/domains/trail/offline/verify';
import { verifyExport, type VerifyOptions } from '@/lib/domains/trail/offline/verify';
import { fileOf, TestLog } from '@/lib/domains/trail/test/export-file';
import { vectors } from '@/lib/domains/trail/test/webauthn-vectors';
import { Authenticator } from '@/lib/domains/workspaces/test/authenticator';
import { config } from '@/proxy';
import { browserCode, verifyPage } from './verify-page';

/** The verifier as the page has it, without anything of Node's that a page lacks. */
async function inBrowser(): Promise<typeof Verifier> {
  const code = await browserCode('lib/domains/trail/offline/verify.ts', 'verifier');
  const shadowed = ['Buffer', 'process', 'require', 'global'];
  return compileFunction(`${code}\nreturn verifier;`, shadowed)() as typeof Verifier;
}

describe("the page's verifier", () => {
  it('says of every file what the command says', async () => {
    const page = await inBrowser();
    const log = new TestLog(30).roll();
    const good = log.complete();
    const filtered = log.filtered([2, 9, 29]);
    const earlier = { anchors: [{ name: 'earlier', note: log.checkpoint(7, 1) }] };
    const other = { anchors: [{ name: 'other', note: new TestLog(7).checkpoint() }] };
    const cases: [Parameters<typeof fileOf>[0], VerifyOptions?][] = [
      [good],
      [good, { key: log.key(1), ...earlier }],
      [good, { key: new TestLog(1).key() }],
      [good, { key: 'x' }],
      [good, other],
      [filtered],
      [filtered, earlier],
      [good.toSpliced(4, 1)],
      [good.map((line) => line.replace('"amount":109', '"amount":1'))],
      [filtered.map((line) => line.replace('"amount":109', '"amount":1'))],
      [good.map((line) => line.replace('\\n30\\n', '\\n31\\n'))],
      [good.map((line) => line.replace('"count":30', '"count":31'))],
      [good.slice(0, -1)],
      [''],
      [Buffer.from([0xff, 0xfe, 10, 0])],
    ];
    const verdicts: string[] = [];
    for (const [content, options] of cases) {
      const source = fileOf(content);
      const plain = {
        size: source.size,
        read: async (start: number, end: number) => Uint8Array.from(await source.read(start, end)),
      };
      const report = await page.verifyExport(plain, options);
      expect(report).toEqual(await verifyExport(source, options));
      verdicts.push(report.verdict);
    }
    expect(new Set(verdicts)).toEqual(new Set(['verified', 'unproved', 'failed']));
  });
});

describe("the page's check of passkeys", () => {
  it('says of every signature what the command says', async () => {
    const code = await browserCode('lib/domains/trail/offline/assertion.ts', 'assertions');
    const shadowed = ['Buffer', 'process', 'require', 'global'];
    const page = compileFunction(`${code}\nreturn assertions;`, shadowed)() as typeof Assertions;
    for (const { data, client, signature, key, algorithm } of vectors) {
      const signed = {
        data: Uint8Array.from(Buffer.from(data, 'hex')),
        client: Uint8Array.from(Buffer.from(client)),
        signature: Uint8Array.from(Buffer.from(signature, 'hex')),
      };
      const of = { public_key: key, algorithm };
      expect(page.signatureFits(signed, of)).toBe(true);
      signed.signature[9] = (signed.signature[9] ?? 0) ^ 0x10;
      expect(page.signatureFits(signed, of)).toBe(false);
    }
    for (const algorithm of ['ES256', 'EdDSA', 'RS256'] as const) {
      const evidence = new Authenticator(algorithm).evidence('one', 'shown');
      for (const digest of ['one', 'other']) {
        const approved = { digest, displayDigest: 'shown' };
        const said = page.verifyAssertionOffline(evidence, approved);
        expect(said).toBe(verifyAssertionOffline(evidence, approved));
        expect(said === null).toBe(digest === 'one');
      }
    }
  });
});

describe('the page', () => {
  it('is whole in itself, and its policy lets it run that and reach nothing', async () => {
    const page = await verifyPage();
    expect(page).not.toContain('{{');
    const script = /<script>([\s\S]*?)<\/script>/.exec(page)?.[1] ?? '';
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    const digest = (text: string) => createHash('sha256').update(text).digest('base64');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`script-src 'sha256-${digest(script)}';`);
    expect(policy).toContain(`style-src 'sha256-${digest(style)}';`);
    expect(page.match(/\s(?:src|href)="(?!data:)[^"]*"/g)).toBeNull();
    expect(style).not.toMatch(/url\((?!data:)|@import/);
    expect(script.length).toBeGreaterThan(10_000);
    expect(await verifyPage()).toBe(page);
  });

  it('keeps its own policy when the console serves it, and no other path does', () => {
    const [matcher = ''] = config.matcher;
    const governed = new RegExp(`^${matcher}$`);
    expect(governed.test('/verify.html')).toBe(false);
    for (const path of ['/', '/trail', '/verify', '/verify.htmlx', '/trail/verify.html']) {
      expect(governed.test(path), path).toBe(true);
    }
  });
});
