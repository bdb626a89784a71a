/** A stretch of a file, both ends included. */
export interface Stretch {
  start: number;
  end: number;
}

/**
 * RFC 9110, 14.2: the one stretch that a Range header asks for. Undefined where the whole is
 * to be sent: without one, for several, in another unit; `unsatisfiable` past the end.
 */
export function stretchOf(
  range: string | undefined,
  size: number,
): Stretch | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range?.trim() ?? '');
  const [, from = '', to = ''] = match ?? [];
  if (!match || (from === '' && to === '')) return undefined;
  if (from === '') {
    const length = Math.min(Number(to), size);
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 };
  }
  const start = Number(from);
  if (to !== '' && Number(to) < start) return undefined;
  if (start >= size) return 'unsatisfiable';
  return { start, end: to === '' ? size - 1 : Math.min(Number(to), size - 1) };
}
