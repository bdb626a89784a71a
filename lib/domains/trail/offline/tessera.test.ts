/** A whole log that others made and signed, verified by the code that verifies ours. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { consistencyProof, inclusionProof, verifyConsistency, verifyInclusion } from '../merkle';
import { openCheckpoint, parseVerifierKey } from '../note';
import { verifyTlog } from '../test/tlog';

const log = path.resolve(import.meta.dirname, '../../../../../shared/vectors/tessera/testdata/log');
const present = existsSync(log);
if (!present) process.stderr.write(`The published tessera log is not at ${log}\n`);

const key = 'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx';

describe.skipIf(!present)('the published tessera log', () => {
  const verifier = parseVerifierKey(key);
  const text = (name: string) => readFileSync(path.join(log, name), 'utf8');
  const read = (name: string) =>
    existsSync(path.join(log, name)) ? readFileSync(path.join(log, name)) : undefined;
  const names = present ? readdirSync(log).filter((name) => /^checkpoint\.\d+$/.test(name)) : [];
  const sizes = names.map((name) => Number(name.split('.')[1])).toSorted((a, b) => a - b);

  it('has sixteen checkpoints, each signed by its key', () => {
    expect(sizes).toEqual(Array.from({ length: 16 }, (_, size) => size));
    for (const size of sizes) {
      expect(openCheckpoint(text(`checkpoint.${size}`), [verifier])).toMatchObject({
        origin: 'example.com/log/testdata',
        size,
      });
    }
    expect(text('checkpoint')).toBe(text('checkpoint.15'));
  });

  it('is, at each of them, what its entries and tiles make', async () => {
    for (const size of sizes) {
      const { leaves, root } = await verifyTlog(read, text(`checkpoint.${size}`), verifier);
      expect(leaves).toHaveLength(size);
      for (const [index, leaf] of leaves.entries()) {
        expect(verifyInclusion(leaf, index, size, inclusionProof(leaves, index), root)).toBe(true);
      }
    }
  });

  it('is consistent between every two of them, and with no other root', async () => {
    const { leaves } = await verifyTlog(read, text('checkpoint'), verifier);
    const roots = sizes.map((size) => openCheckpoint(text(`checkpoint.${size}`), [verifier]).root);
    for (const size of sizes.slice(1)) {
      for (const older of sizes.slice(1, size + 1)) {
        const proof = consistencyProof(leaves.slice(0, size), older);
        const holds = (from: Buffer, to: Buffer) => verifyConsistency(older, size, proof, from, to);
        const [from, to] = [roots[older] as Buffer, roots[size] as Buffer];
        expect(holds(from, to), `${older} to ${size}`).toBe(true);
        expect(holds(roots[0] as Buffer, to)).toBe(false);
        expect(holds(from, roots[0] as Buffer)).toBe(false);
      }
    }
  });

  it('fails when an entry, a tile or a checkpoint is changed', async () => {
    const flipped = (wanted: string) => (name: string) => {
      const bytes = read(name);
      if (bytes && name.startsWith(wanted)) bytes.writeUInt8(bytes.readUInt8(2) ^ 1, 2);
      return bytes;
    };
    const head = text('checkpoint');
    await expect(verifyTlog(flipped('tile/entries'), head, verifier)).rejects.toThrow('is wrong');
    await expect(verifyTlog(flipped('tile/0'), head, verifier)).rejects.toThrow('is wrong');
    await expect(verifyTlog(read, head.replace('\n15\n', '\n14\n'), verifier)).rejects.toThrow(
      'does not verify',
    );
    await expect(verifyTlog(() => undefined, head, verifier)).rejects.toThrow('is missing');
  });
});
