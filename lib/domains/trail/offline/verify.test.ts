import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileOf, TestLog } from '../test/export-file';
import { verifyExport, type VerifyOptions } from './verify';

const log = new TestLog(23);
const verify = (content: Parameters<typeof fileOf>[0], options: VerifyOptions = {}) =>
  verifyExport(fileOf(content), options);

const anchor = (note: string) => ({ anchors: [{ name: 'earlier.txt', note }] });

describe('a complete export', () => {
  it('is verified, with what it rests on and what it leaves open', async () => {
    const report = await verify(log.complete());
    expect(report).toMatchObject({ verdict: 'verified', problems: [] });
    expect(report.proved[0]).toBe(
      'Complete: all 23 events of the log, from its first to the last that the checkpoint signs. None was changed, left out, added or moved.',
    );
    expect(report.notProved[0]).toContain('Whose key it is');
    expect(report.about).toMatchObject({ workspace: 'ws_0001', key: log.key() });
  });

  it('of any size is verified, and its root at every earlier size', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 80 }), fc.nat(), async (size, pick) => {
        const some = new TestLog(size);
        const older = (pick % size) + 1;
        const report = await verify(some.complete(), {
          key: some.key(),
          ...anchor(some.checkpoint(older)),
        });
        expect(report.verdict).toBe('verified');
        expect(report.proved.join()).toContain(older === size ? 'the same root' : 'Consistent');
      }),
      { numRuns: 40 },
    );
  });

  it('of an empty log is verified', async () => {
    expect(await verify(new TestLog(0).complete())).toMatchObject({ verdict: 'verified' });
  });

  it('is verified without the newline at its end', async () => {
    expect((await verify(log.complete().join('\n'))).verdict).toBe('verified');
  });

  it('says so once a key was pinned', async () => {
    const report = await verify(log.complete(), { key: ` ${log.key()}\n` });
    expect(report.proved.join()).toContain('by the key you gave');
    expect(report.notProved.join()).not.toContain('Whose key');
  });

  it('tells its progress to the last byte', async () => {
    const seen: number[] = [];
    const source = fileOf(log.complete());
    await verifyExport(source, { onProgress: (done) => seen.push(done) });
    expect(seen.at(-1)).toBe(source.size);
  });
});

describe('a filtered export', () => {
  it('is verified with any events in it, and says what it does not prove', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(22)), async (picked) => {
        const report = await verify(log.filtered(picked.toSorted((a, b) => a - b)));
        expect(report.verdict).toBe('verified');
        expect(report.notProved.join()).toContain('That nothing was left out');
      }),
      { numRuns: 40 },
    );
  });

  it('fails at the line whose event, index or proof was changed', async () => {
    const lines = log.filtered([3, 7, 20]);
    const changes = [
      (line: string) => line.replace('"amount":107', '"amount":907'),
      (line: string) => line.replace('"index":7', '"index":8'),
      (line: string) =>
        line.replace(
          /"path":\["./,
          (start) => `${start.slice(0, -1)}${start.endsWith('A') ? 'B' : 'A'}`,
        ),
      (line: string) => line.replace(/"path":\["[^"]+",/, '"path":['),
    ];
    for (const change of changes) {
      const report = await verify(lines.map((line, at) => (at === 1 ? change(line) : line)));
      expect(report).toMatchObject({ verdict: 'failed', problems: [{ line: 2 }] });
      expect(report.problems[0]?.message).toContain('does not lead to the root');
    }
  });

  it('fails for proofs of another size, without proofs, and with what are none', async () => {
    const lines = log.filtered([3, 7]);
    for (const [from, to, message] of [
      ['"size":23', '"size":22', 'a log of 22 events, the checkpoint signs 23'],
      [/,"proof":.*(?=})/, '', 'carries no proof'],
      [/"path":\[.*\]/, '"path":["AAAA"]', 'wants a path of base64 hashes'],
      [/"proof":.*(?=})/, '"proof":null', 'wants a path'],
    ] as const) {
      const report = await verify([lines[0]!.replace(from, to), ...lines.slice(1)]);
      expect(report.problems[0]).toMatchObject({
        line: 1,
        message: expect.stringContaining(message),
      });
    }
  });

  it('cannot prove consistency, and says so instead of passing', async () => {
    const report = await verify(log.filtered([1]), anchor(log.checkpoint(9)));
    expect(report).toMatchObject({ verdict: 'unproved' });
    expect(report.problems[0]?.message).toContain('cannot be proved from a filtered export');
    expect((await verify(log.filtered([1]), anchor(log.checkpoint()))).verdict).toBe('verified');
  });
});

describe('tampering with a complete export', () => {
  const good = log.complete();
  const failure = async (content: Parameters<typeof fileOf>[0], options: VerifyOptions = {}) => {
    const report = await verify(content, options);
    expect(report).toMatchObject({ verdict: 'failed', proved: [] });
    return { line: report.problems[0]?.line, message: report.problems[0]?.message };
  };
  const edited = (at: number, change: (line: string) => string) =>
    good.map((line, index) => (index === at ? change(line) : line));

  it.each([
    ['a deleted line', good.toSpliced(4, 1), 5, 'where 4 belongs: lines are missing'],
    ['swapped lines', good.with(4, good[5]!).with(5, good[4]!), 5, 'were moved'],
    ['a line twice', good.toSpliced(4, 0, good[3]!), 5, 'index 3 again'],
    ['a descending index', good.toSpliced(9, 0, good[3]!), 10, 'index 3 after 8'],
    ['a line moved to the end', [...good, good[3]!], 24, 'A manifest stands here'],
    ['another manifest', [...good, good.at(-1)!], 24, 'A manifest stands here'],
    ['a line without its manifest', good.slice(0, -1), 24, 'ends without a manifest'],
    ['a file cut within a line', good.join('\n').slice(0, 700), 4, 'ends without a manifest'],
    ['a file cut within its manifest', good.join('\n').slice(0, -40), 24, 'only a part of it'],
    ['a proof where none belongs', good.with(2, log.filtered([2])[0]!), 3, 'carries a proof'],
    ['an empty line', good.toSpliced(4, 0, ''), 5, 'The line is empty'],
    ['a space', edited(4, (line) => line.replace('{"event":', '{"event": ')), 5, 'canonical'],
    ['a member more', edited(4, (line) => line.replace(/}$/, ',"more":1}')), 5, 'canonical'],
    ['a member twice', edited(4, (line) => line.replace('"n":4', '"n":5,"n":4')), 5, 'canonical'],
    ['a number too large', edited(4, (line) => line.replace('"n":4', '"n":1e999')), 5, 'RFC 8785'],
    ['half a character', edited(4, (line) => line.replace('ä', '\\ud800')), 5, 'lone surrogate'],
    ['other line ends', good.join('\r\n'), 1, 'canonical'],
    ['a byte order mark', `\uFEFF${good.join('\n')}`, 1, 'not JSON'],
    [
      'an index past the tree',
      edited(22, (line) => line.replace(/22}$/, '99}')),
      23,
      'past the 23',
    ],
    ['no index', edited(4, (line) => line.replace(/,"index":4/, '')), 5, 'no index'],
    ['an empty file', '', undefined, 'The file is empty'],
    ['an empty line alone', '\n', 1, 'The line is empty'],
    ['binary junk', Buffer.from([0xff, 0xfe, 0, 10, 1, 2, 3]), 1, 'not UTF-8'],
    ['a compressed file', Buffer.from([0x1f, 0x8b, 8, 0, 0]), 1, 'Unpack'],
    ['a list', '[]\n', 1, 'neither an event nor a manifest'],
    ['JSON of something else', '{"a":1}\n', 1, 'neither an event nor a manifest'],
    ['deep nesting', `{"event":${'['.repeat(200_000)}\n`, 1, 'not JSON'],
  ] as const)('%s', async (_, content, line, message) => {
    const found = await failure(content as string[]);
    expect(found).toEqual({ line, message: expect.stringContaining(message) });
  });

  it('an edited event', async () => {
    const bad = edited(9, (line) => line.replace('"amount":109', '"amount":909'));
    expect((await failure(bad)).message).toContain('at least one of the lines 1 to 23 was changed');
    const anchors = [9, 10].map((size) => ({ name: `${size}`, note: log.checkpoint(size) }));
    expect((await failure(bad, { anchors })).message).toContain('line 10 was changed');
  });

  it('an edited event beside its leaf hash is named by its line', async () => {
    const withLeaf = (line: string, index: number) =>
      line.replace(/}$/, `,"leaf":"${log.leaves[index]?.toString('base64')}"}`);
    const lines = good.slice(0, -1).map(withLeaf);
    const file = [...lines, log.manifest(lines)];
    expect((await verify(file)).verdict).toBe('verified');
    const bad = file.with(9, file[9]!.replace('"amount":109', '"amount":909'));
    expect(await failure(bad)).toEqual({
      line: 10,
      message: expect.stringContaining('was changed'),
    });
  });

  it('any single byte', async () => {
    const bytes = Buffer.from(good.join('\n'));
    await fc.assert(
      fc.asyncProperty(
        fc.nat(bytes.length - 1),
        fc.integer({ min: 1, max: 255 }),
        async (at, by) => {
          const bad = Buffer.from(bytes);
          bad.writeUInt8(bad.readUInt8(at) ^ by, at);
          expect((await verify(bad, { key: log.key() })).verdict).toBe('failed');
        },
      ),
      { numRuns: 300 },
    );
  });

  it('any cut', async () => {
    const bytes = Buffer.from(good.join('\n'));
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), async (end) => {
        expect((await verify(bytes.subarray(0, end))).verdict).toBe('failed');
      }),
    );
  });

  it('a line that would fill the memory', async () => {
    const long = `${'x'.repeat(9 * 1024 * 1024)}\n`;
    expect(await failure(`${good[0]}\n${long}${good[1]}\n`)).toEqual({
      line: 2,
      message: expect.stringContaining('longer than 8 MiB'),
    });
    expect((await failure(`${good[0]}\n${long.trim()}`)).line).toBe(2);
  });
});
