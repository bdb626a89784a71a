import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { childEnv, EnvError, keyInFile, masterKeyFile, parseEnv } from './env';

describe('parseEnv', () => {
  it('has a default for everything', () => {
    const e = parseEnv({});
    expect(e).toMatchObject({
      HOST: '127.0.0.1',
      PORT: 3000,
      GATEWAY_PORT: 4000,
      OUTBOX_LIMIT: 100_000,
    });
    expect(e.GATEWAY_URL).toBe('http://127.0.0.1:4000');
    expect(e.CONSOLE_URL).toBe('http://127.0.0.1:3000');
    expect(e.NEXTAUTH_URL).toBe('http://127.0.0.1:3000');
    expect(e.DATABASE_URL).toBeUndefined();
  });

  it('derives addresses from ports and never from a wildcard host', () => {
    const e = parseEnv({ HOST: '0.0.0.0', PORT: '8080', GATEWAY_PORT: '8081' });
    expect(e.CONSOLE_URL).toBe('http://127.0.0.1:8080');
    expect(e.GATEWAY_URL).toBe('http://127.0.0.1:8081');
  });

  it('derives the trail database from the control database', () => {
    expect(
      parseEnv({ DATABASE_URL: 'postgresql://o:p@db:5432/cs?sslmode=require' }).TRAIL_DATABASE_URL,
    ).toBe('postgresql://o:p@db:5432/cs_trail?sslmode=require');
  });

  it('treats an empty value as unset', () => {
    expect(parseEnv({ PORT: '', DATABASE_URL: '', OIDC_ISSUER: '' }).PORT).toBe(3000);
  });

  it('lists everything wrong at once, by name', () => {
    const wrong = {
      PORT: 'http',
      DATABASE_URL: 'mysql://x/y',
      CLICKHOUSE_URL: 'clickhouse://x/y',
      COUNTERSIGN_MASTER_KEY: 'short',
      LOG_LEVEL: 'loud',
      TRUSTED_PROXIES: '11',
    };
    const message = messageOf(() => parseEnv(wrong));
    for (const name of Object.keys(wrong)) expect(message).toContain(`  ${name}: must `);
  });

  it('says by name what is no address', () => {
    const addresses = ['DATABASE_URL', 'TRAIL_DATABASE_URL', 'SMTP_URL', 'OIDC_ISSUER'];
    for (const name of [...addresses, 'CONSOLE_URL', 'GATEWAY_URL', 'CLICKHOUSE_URL']) {
      for (const value of ['nonsense', '%zz', '://', ' '])
        expect(messageOf(() => parseEnv({ [name]: value }))).toContain(`  ${name}: must be`);
    }
  });

  it('refuses one port for both listeners, and half an OIDC configuration', () => {
    expect(messageOf(() => parseEnv({ PORT: '4000' }))).toContain(
      'GATEWAY_PORT: must differ from PORT',
    );
    expect(messageOf(() => parseEnv({ OIDC_ISSUER: 'https://id.example.com' }))).toMatch(
      /OIDC_CLIENT_ID: is needed[\s\S]*OIDC_CLIENT_SECRET: is needed/,
    );
  });

  it('refuses mail without a sender, in two ways at once, and half a login', () => {
    const from = { SMTP_FROM: 'Countersign <c@example.com>' };
    expect(messageOf(() => parseEnv({ SMTP_URL: 'smtp://mail.example.com' }))).toContain(
      'SMTP_FROM: is needed',
    );
    expect(
      messageOf(() => parseEnv({ ...from, SMTP_URL: 'smtp://a', SMTP_HOST: 'b', SMTP_USER: 'c' })),
    ).toMatch(/SMTP_HOST: and[\s\S]*SMTP_PASSWORD: is needed/);
    expect(
      messageOf(() => parseEnv({ SMTP_FROM: 'c@example.com\r\nBcc: d@example.com' })),
    ).toContain('SMTP_FROM: must be an address');
    expect(parseEnv({ ...from, SMTP_HOST: 'mail' })).toMatchObject({ SMTP_PORT: 587, ...from });
  });
});

it('names the file of a master key that is none', () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'countersign-env-'));
  expect(keyInFile(dataDir)).toBeUndefined();
  const key = Buffer.alloc(32, 7).toString('base64');
  writeFileSync(masterKeyFile(dataDir), `${key}\n`);
  expect(keyInFile(dataDir)).toBe(key);
  for (const torn of ['', key.slice(0, 20), 'not a key']) {
    writeFileSync(masterKeyFile(dataDir), torn);
    expect(messageOf(() => keyInFile(dataDir))).toMatch(`${masterKeyFile(dataDir)} does not hold`);
  }
  rmSync(dataDir, { recursive: true });
});

it('.env.example names every variable and parses', () => {
  const lines = readFileSync('.env.example', 'utf8')
    .split('\n')
    .filter((line) => /^[A-Z0-9_]+=/.test(line));
  const example = Object.fromEntries(
    lines.map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]),
  );
  const known = Object.keys(parseEnv({})).filter((name) => name !== 'NODE_ENV');
  expect(Object.keys(example)).toEqual(expect.arrayContaining(known));
  expect(() => parseEnv(example)).not.toThrow();
});

it('childEnv overrides and removes', () => {
  const given = childEnv({ PORT: '1', HOME: undefined });
  expect(given.PORT).toBe('1');
  expect('HOME' in given).toBe(false);
});

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(EnvError);
    return (error as EnvError).message;
  }
  throw new Error('expected it to throw');
}
