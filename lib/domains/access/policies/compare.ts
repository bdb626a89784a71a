import { canonicalJson } from '@/lib/kernel/canonical';

/** Whether two parts of documents decide alike; what is absent is like null. */
export function same(a: unknown, b: unknown): boolean {
  return canonicalJson(a ?? null) === canonicalJson(b ?? null);
}

/** A member of that name that is the record's own. */
export function own<T>(record: Record<string, T>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** The names of either, in order. */
export function names(a: Record<string, unknown>, b: Record<string, unknown>): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].toSorted();
}
