import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { newId } from '@/lib/kernel/ids';
import { signCheckpoint, verifierOf } from './checkpoint';
import { Frontier, leafHash, rootOf } from './merkle';
import { openCheckpoint, parseVerifierKey, verifierKey } from './note';

const log = path.resolve(import.meta.dirname, '../../../../shared/vectors/tessera/testdata/log');
const present = existsSync(log);
if (!present) process.stderr.write(`The published tessera log is not at ${log}\n`);

describe('our own checkpoints', () => {
  const workspace = newId('ws');
  const root = leafHash('something');
  const note = signCheckpoint(workspace, 42, root, [1]);
  const verifier = verifierOf(workspace, 1);

  it('open with the key that they name, also after it was written down', () => {
    expect(openCheckpoint(note, [verifier])).toEqual({ origin: verifier.name, size: 42, root });
    expect(openCheckpoint(note, [parseVerifierKey(verifierKey(verifier))]).size).toBe(42);
  });

  it('do not open when anything is changed', () => {
    expect(() => openCheckpoint(note.replace('\n42\n', '\n43\n'), [verifier])).toThrow(
      'does not verify',
    );
    expect(() => openCheckpoint(note, [verifierOf(newId('ws'), 1)])).toThrow('not signed by');
    expect(() => openCheckpoint(note.slice(0, -1), [verifier])).toThrow('no signature');
    expect(() => openCheckpoint(note.replace('— ', '- '), [verifier])).toThrow('malformed');
    expect(() => openCheckpoint(note.replace('\n42', '\n42\t'), [verifier])).toThrow('control');
    expect(() => openCheckpoint('', [verifier])).toThrow('no signature');
  });

  it('open when someone else has signed too', () => {
    const other = note.split('\n\n')[1]?.replace(verifier.name, 'witness.example') ?? '';
    expect(openCheckpoint(note + other, [verifier]).size).toBe(42);
  });
});

describe('the published note', () => {
  it('has the key id of the specification', () => {
    const foo = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
    expect(verifierKey(parseVerifierKey(foo))).toBe(foo);
    expect(() => parseVerifierKey(foo.replace('530d', '530e'))).toThrow('the id is not');
  });
});

describe.skipIf(!present)('the published tessera log', () => {
  const verifier = parseVerifierKey(
    'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx',
  );

  it('opens at each of its sizes, and its leaves make each root', () => {
    const widest = readFileSync(path.join(log, 'tile/0/000.p/15'));
    const leaves = Array.from({ length: 15 }, (_, at) => widest.subarray(at * 32, at * 32 + 32));
    const frontier = new Frontier();
    for (let size = 1; size <= 15; size += 1) {
      frontier.push(leaves[size - 1] as Buffer);
      const opened = openCheckpoint(readFileSync(path.join(log, `checkpoint.${size}`), 'utf8'), [
        verifier,
      ]);
      expect(opened).toMatchObject({ size, root: frontier.root() });
      expect(opened.root).toEqual(rootOf(leaves.slice(0, size)));
    }
  });
});
