export type Piece = { kind: 'same' | 'gone' | 'new'; text: string };

const MOST_CELLS = 400_000;

/** Word-level difference by longest common subsequence. Texts too long for that count as replaced whole. */
export function diffWords(before: string, after: string): Piece[] {
  const a = before.match(/\s+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];
  const b = after.match(/\s+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];
  if (a.length * b.length > MOST_CELLS)
    return compact([
      { kind: 'gone', text: before },
      { kind: 'new', text: after },
    ]);
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pieces: Piece[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      pieces.push({ kind: 'same', text: a[i] ?? '' });
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) {
      pieces.push({ kind: 'gone', text: a[i++] ?? '' });
    } else {
      pieces.push({ kind: 'new', text: b[j++] ?? '' });
    }
  }
  return compact(pieces);
}

function compact(pieces: Piece[]): Piece[] {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const previous = joined.at(-1);
    if (piece.text === '') continue;
    if (previous?.kind === piece.kind) previous.text += piece.text;
    else joined.push({ ...piece });
  }
  return joined;
}

export interface Change {
  path: string;
  before: unknown;
  after: unknown;
  kind: 'same' | 'added' | 'removed' | 'changed';
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Leaf by leaf; arrays of plain values count as one leaf, since their order is their meaning. */
export function diffObjects(before: unknown, after: unknown, path = ''): Change[] {
  if (isRecord(before) && isRecord(after)) return walk(before, after, path);
  if (isRecord(before) && after === undefined) return walk(before, {}, path);
  if (isRecord(after) && before === undefined) return walk({}, after, path);
  const nested = [before, after].some((value) => Array.isArray(value) && value.some(isRecord));
  if (nested && Array.isArray(before ?? []) && Array.isArray(after ?? [])) {
    return walk({ ...((before ?? []) as unknown[]) }, { ...((after ?? []) as unknown[]) }, path);
  }
  const same = JSON.stringify(before) === JSON.stringify(after);
  const kind = same
    ? 'same'
    : before === undefined
      ? 'added'
      : after === undefined
        ? 'removed'
        : 'changed';
  return [{ path, before, after, kind }];
}

function walk(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  path: string,
): Change[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => diffObjects(before[key], after[key], path ? `${path}.${key}` : key));
}
