/** RFC 9162 from its text alone, so that what the product proves is checked by other code than its own. */
import { createHash } from 'node:crypto';

const hash = (...parts: (Buffer | string)[]): Buffer => {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part);
  return sum.digest();
};

/** 2.1.1: the hash of a leaf with these bytes. */
export function leafHash(bytes: string): Buffer {
  return hash(Buffer.from([0]), bytes);
}

/** 2.1.3.2: the root that a leaf at `index` of a tree of `size` leads to, undefined when the proof has another length. */
export function rootOfInclusion(
  leaf: Buffer,
  index: number,
  size: number,
  proof: Buffer[],
): Buffer | undefined {
  let [fn, sn, node] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (sn === 0) return undefined;
    if (fn % 2 === 1 || fn === sn) {
      node = hash(Buffer.from([1]), sibling, node);
      for (; fn % 2 === 0 && fn !== 0; sn = Math.floor(sn / 2)) fn = Math.floor(fn / 2);
    } else {
      node = hash(Buffer.from([1]), node, sibling);
    }
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 ? node : undefined;
}
