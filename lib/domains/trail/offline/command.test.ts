import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { Authenticator } from '@/lib/domains/workspaces/test/authenticator';
import { TestLog } from '../test/export-file';

const run = promisify(execFile);
const folder = mkdtempSync(path.join(tmpdir(), 'countersign-verify-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const command = path.resolve(import.meta.dirname, '../../../../workers/countersign.mjs');

/** Runs the command from another folder than the repository, as an auditor would. */
async function countersign(...args: string[]) {
  return run(process.execPath, [command, ...args], { cwd: folder }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
      code,
      stdout,
      stderr,
    }),
  );
}

function write(name: string, content: string | string[]): string {
  const text = Array.isArray(content) ? content.map((line) => `${line}\n`).join('') : content;
  writeFileSync(path.join(folder, name), text);
  return name;
}

const log = new TestLog(40);
const good = write('good.ndjson', log.complete());
const earlier = write('earlier.txt', log.checkpoint(11));

describe('countersign verify', () => {
  it('ends with 0 when all is proved, and says what is and what is not', async () => {
    const ran = await countersign('verify', good, '--since', earlier, '--key', log.key());
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toMatch(/^Verified: good\.ndjson\n/);
    expect(ran.stdout).toContain('Proved\n  + Complete: all 40 events');
    expect(ran.stdout).toContain('extends the 11 events that the checkpoint in earlier.txt signs');
    expect(ran.stdout).toContain('Not proved\n  - That what the events say is true');
  });

  it('takes a checkpoint whose last line break a program left out or wrote twice', async () => {
    for (const note of [log.checkpoint(11).trimEnd(), `${log.checkpoint(11)}\n`]) {
      const ran = await countersign('verify', good, '--since', write('kept.txt', note));
      expect(ran).toMatchObject({ code: 0, stderr: '' });
      expect(ran.stdout).toContain('extends the 11 events that the checkpoint in kept.txt signs');
    }
  });

  it('ends with 1 and the first bad line by its number', async () => {
    const swapped = log.complete();
    [swapped[6], swapped[7]] = [swapped[7]!, swapped[6]!];
    const ran = await countersign('verify', write('swapped.ndjson', swapped));
    expect(ran).toMatchObject({ code: 1, stderr: '' });
    expect(ran.stdout).toMatch(/^FAILED: swapped\.ndjson\nLine 7: The event has index 7 where 6/);
  });

  it('counts the signatures by passkey, and ends with 1 for one that does not hold', async () => {
    const passkey = new Authenticator();
    const signed = new TestLog(2)
      .append({
        ...{ type: 'member.passkey_registered', actor: { type: 'member', id: 'mbr_1' } },
        data: { credential_id: passkey.id, public_key: passkey.jwk, rp_id: passkey.site.rpId },
      })
      .append({
        ...{ type: 'approval.approved', actor: { type: 'member', id: 'mbr_1' }, digest: 'one' },
        data: { display_digest: 'shown', assertion: passkey.evidence('one', 'shown') },
      });
    const ran = await countersign('verify', write('signed.ndjson', signed.complete()));
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain('+ Signed by passkey: 1 approval. Each signature is over its own');
    signed.append({
      ...{ type: 'approval.approved', actor: { type: 'member', id: 'mbr_1' }, digest: 'other' },
      data: { display_digest: 'shown', assertion: passkey.evidence('one', 'shown') },
    });
    const bad = await countersign('verify', write('unsigned.ndjson', signed.complete()));
    expect(bad).toMatchObject({ code: 1, stderr: '' });
    expect(bad.stdout).toContain("Line 5: The passkey's signature under this approval does not");
  });

  it('ends with 1 when what was asked for cannot be proved', async () => {
    const filtered = write('filtered.ndjson', log.filtered([3, 4]));
    expect((await countersign('verify', filtered)).code).toBe(0);
    const ran = await countersign('verify', filtered, '--checkpoint', earlier);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toMatch(/^NOT PROVED/);
    expect(ran.stdout).toContain('cannot be proved from a filtered export');
  });

  it('ends with 1 when it is not told what it needs, and says so', async () => {
    for (const [args, message] of [
      [['verify'], 'Name one file'],
      [['verify', 'none.ndjson'], 'none.ndjson cannot be read'],
      [['verify', '.'], 'is not a file'],
      [['verify', good, '--since', 'none.txt'], 'none.txt cannot be read'],
      [['verify', good, '--colour'], 'Unknown option'],
      [['toString'], 'countersign verify FILE'],
      [[], 'countersign verify FILE'],
    ] as const) {
      const ran = await countersign(...args);
      expect(ran).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(message) });
    }
    expect(await countersign('verify', '--help')).toMatchObject({ code: 0, stderr: '' });
  });

  it('shows nothing of a file that would steer the terminal', async () => {
    const other = new TestLog(1, 'ws_\u001b[2Jhidden\u202e');
    const ran = await countersign('verify', write('hostile.ndjson', other.complete()));
    expect(ran.stdout).toMatch(/^(Verified|FAILED)/);
    expect(ran.stdout).not.toMatch(/[^\P{C}\n]/u);
  });
});
