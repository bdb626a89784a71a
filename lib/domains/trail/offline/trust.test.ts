import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { leafHash } from '../merkle';
import { checkpointText } from '../note';
import { fileOf, TestLog } from '../test/export-file';
import { verifyExport, type VerifyOptions } from './verify';

const log = new TestLog(10);
const verify = (lines: string[], options: VerifyOptions = {}) =>
  verifyExport(fileOf(lines), options);
const against = (note: string) => ({ anchors: [{ name: 'kept.txt', note }] });
const problem = async (lines: string[], options: VerifyOptions = {}) => {
  const report = await verify(lines, options);
  expect(report.verdict).not.toBe('verified');
  return report.problems[0]?.message;
};

describe('the manifest', () => {
  const lines = log.complete();
  const edit = (from: string | RegExp, to: string) => [
    ...lines.slice(0, -1),
    lines.at(-1)!.replace(from, to),
  ];

  it('fails at its line when anything in it was edited', async () => {
    const report = await verify(edit('"ws_0001"', '"ws_0001" '));
    expect(report.problems[0]).toMatchObject({ line: 11 });
    expect(await problem(edit('"count":10', '"count":11'))).toContain('The manifest was changed');
    expect(await problem(edit('\\n10\\n', '\\n11\\n'))).toContain(
      "manifest's checkpoint was changed",
    );
    expect(await problem(edit('"version":1', '"version":2'))).toContain('malformed at version');
    expect(await problem(edit(/"signature":".*"/, '"signature":""'))).toContain('malformed');
    expect(await problem(edit(/"signature":".*"/, '"signature":1'))).toContain('no signature');
  });

  it.each([
    ['a wrong count', { count: 9 }, 'complete, but 9 events of 10'],
    ['more events than the log has', { count: 11, complete: false }, '11 events of a log of 10'],
    ['another size', { size: 9, count: 9 }, "its size is 9, its checkpoint's 10"],
    ['a wrong first index', { first: 1 }, 'from index 1 to 9; they go from 0 to 9'],
    ['no last index', { last: null }, '10 events from index 0 to null'],
    ['a wrong digest', { sha256: '0'.repeat(64) }, 'SHA-256 of the lines is not the one'],
    ['another workspace', { workspace: 'ws_0002' }, 'not of workspace ws_0002'],
    ['an unknown format', { format: 'csv' }, 'malformed at format'],
    ['no keys', { keys: [] }, 'malformed at keys'],
    ['a broken key', { keys: [{ key: 'x' }] }, 'not of the form name+id+key'],
    ['the checkpoint of a part', { checkpoint: log.checkpoint(9) }, "its checkpoint's 9"],
    ['no checkpoint', { checkpoint: '' }, 'no signature follows'],
  ])('signed with %s fails', async (_, changes, message) => {
    expect(await problem(log.complete(changes))).toContain(message);
  });

  it('signed with a wrong count of a filtered export fails', async () => {
    expect(await problem(log.filtered([1, 2], { count: 3 }))).toContain('lines are missing');
    expect(await problem(log.filtered([1, 2], { count: 1 }))).toContain('lines were added');
  });

  it('of another root fails', async () => {
    const text = checkpointText({ origin: log.origin, size: 10, root: leafHash('other') });
    const checkpoint = `${text}\n${log.signature(text)}\n`;
    expect(await problem(log.complete({ checkpoint }))).toContain('do not make the root');
    expect(await problem(log.filtered([1], { checkpoint }))).toContain('does not lead to the root');
  });
});

describe('keys', () => {
  const rolled = new TestLog(10).roll().roll();

  it('lead from the oldest to the newest', async () => {
    const report = await verify(rolled.complete(), { key: rolled.key(1) });
    expect(report.verdict).toBe('verified');
    expect(report.proved.join()).toContain('2 later keys of the log');
    const older = { checkpoint: rolled.checkpoint(10, 2) };
    expect((await verify(rolled.complete(older), { key: rolled.key(2) })).verdict).toBe('verified');
  });

  it('before the pinned one vouch for nothing', async () => {
    const older = { checkpoint: rolled.checkpoint(10, 1) };
    expect((await verify(rolled.complete(older))).verdict).toBe('verified');
    expect(await problem(rolled.complete(older), { key: rolled.key(2) })).toContain(
      'not signed by',
    );
    expect(
      await problem(rolled.complete(), { key: rolled.key(3), ...against(rolled.checkpoint(5, 1)) }),
    ).toContain('came before the one you gave');
  });

  it('that are not endorsed, or are of others, fail', async () => {
    const keys = (change: (key: { key: string; endorsement?: string }, at: number) => object) => ({
      keys: [1, 2, 3].map((version, at) =>
        change({ key: rolled.key(version), endorsement: rolled.keys[at]?.endorsement ?? '' }, at),
      ),
    });
    const bare = keys(({ key }) => ({ key }));
    expect(await problem(rolled.complete(bare))).toContain(
      'key 2 is not endorsed by the one before it',
    );
    const moved = keys((key, at) => ({
      ...key,
      endorsement: rolled.keys[at === 1 ? 2 : 1]?.endorsement,
    }));
    expect(await problem(rolled.complete(moved))).toContain('not endorsed');
    const foreign = keys((key, at) => (at === 1 ? { key: new TestLog(1, 'ws_9').key() } : key));
    expect(await problem(rolled.complete(foreign))).toContain('key 2 is of another log');
  });

  it('that are not the pinned one fail', async () => {
    expect(await problem(log.complete(), { key: new TestLog(1).key() })).toContain(
      'signed by another key than the one you gave',
    );
    expect(await problem(log.complete(), { key: new TestLog(1, 'ws_9').key() })).toContain(
      'the key you gave is of countersign/trail/ws_9',
    );
    expect(await problem(log.complete(), { key: 'nonsense' })).toContain('cannot be read');
  });
});

describe('a checkpoint from elsewhere', () => {
  const lines = log.complete();

  it.each([
    ['of another log', new TestLog(10, 'ws_9').checkpoint(), 'is of another log'],
    ['by another key', new TestLog(10).checkpoint(), 'not signed by'],
    ['edited', log.checkpoint(5).replace('\n5\n', '\n6\n'), 'was changed'],
    ['that is none', 'hello', 'is not a checkpoint'],
  ])('%s fails', async (_, note, message) => {
    expect(await problem(lines, against(note))).toContain(message);
  });

  it('of another history fails, at the same size and at an earlier one', async () => {
    const other = new TestLog(10, 'ws_0001', 'rewritten');
    other.keys.splice(0, 1, log.keys[0]!);
    expect(await problem(lines, against(other.checkpoint()))).toContain('two versions of this log');
    expect(await problem(lines, against(other.checkpoint(4)))).toContain(
      'The first 4 events are not',
    );
  });

  it('of a later state asks for a later file', async () => {
    const longer = new TestLog(12);
    longer.keys.splice(0, 1, log.keys[0]!);
    const report = await verify(lines, against(longer.checkpoint()));
    expect(report.verdict).toBe('unproved');
    expect(report.problems[0]?.message).toContain('signs 12 events, later than');
  });

  it('of an empty log proves nothing', async () => {
    expect(await problem(lines, against(log.checkpoint(0)))).toContain('of an empty log');
  });
});

describe('a witness', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const name = 'witness.example/w1';
  const id = createHash('sha256')
    .update(`${name}\n`)
    .update(Buffer.from([4]))
    .update(raw)
    .digest()
    .subarray(0, 4);
  const key = `${name}+${id.toString('hex')}+${Buffer.concat([Buffer.from([4]), raw]).toString('base64')}`;

  /** C2SP tlog-cosignature. */
  function cosigned(note: string, when = 1_700_000_000): string {
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(BigInt(when));
    const text = note.slice(0, note.lastIndexOf('\n\n') + 1);
    const signature = sign(null, Buffer.from(`cosignature/v1\ntime ${when}\n${text}`), privateKey);
    return `${note}— ${name} ${Buffer.concat([id, time, signature]).toString('base64')}\n`;
  }

  it('that cosigned a checkpoint of the log is named', async () => {
    for (const size of [4, 10]) {
      const report = await verify(log.complete(), {
        ...against(cosigned(log.checkpoint(size))),
        witnesses: [key],
      });
      expect(report.verdict).toBe('verified');
      expect(report.proved.join()).toContain(`witness ${name} cosigned`);
      expect(report.notProved.join()).not.toContain('no other version');
    }
    const inside = log.complete({ checkpoint: cosigned(log.checkpoint()) });
    expect((await verify(inside, { witnesses: [key] })).verdict).toBe('verified');
  });

  it('that did not, or falsely, is told', async () => {
    const plain = { ...against(log.checkpoint(4)), witnesses: [key] };
    expect(await problem(log.complete(), plain)).toContain('No checkpoint here is cosigned');
    const late = cosigned(log.checkpoint(4)).replace(log.checkpoint(4), log.checkpoint(5));
    expect(await problem(log.complete(), { ...against(late), witnesses: [key] })).toContain(
      'The cosignature of the witness',
    );
    const alone = cosigned(new TestLog(10).checkpoint());
    expect(await problem(log.complete(), { ...against(alone), witnesses: [key] })).toContain(
      'not signed by countersign',
    );
  });
});
