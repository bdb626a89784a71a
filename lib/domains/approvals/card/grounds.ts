/** Whether what an agent shows as evidence is what it was answered: pure. */
import type { Display } from '@/lib/domains/gateway';
import { Classification } from '@/lib/domains/classification';
import { digest } from '@/lib/kernel/canonical';
import type { SourceRow, SourceType } from './repo';
import type { Grounds } from './schema';

type Evidence = Display['evidence'][number];

export function groundsOf(
  { content, ref }: Evidence,
  sources: ReadonlyMap<string, SourceRow>,
  types: ReadonlyMap<string, SourceType>,
): Grounds {
  const source = sources.get(ref);
  const hash = content === undefined || content === null ? null : digest(content);
  if (!source) return { verdict: 'own', hash, origin: null };
  const type = types.get(source.type);
  const read = source.status === 'succeeded' && source.result !== null;
  const verdict = hash === null || !read ? 'own' : verdictOf(content, source.result);
  return {
    verdict,
    hash,
    origin: {
      action: source.id,
      type: source.type,
      tool: type?.tool.name ?? null,
      at: (source.finishedAt ?? source.createdAt).toISOString(),
      classification: Classification.safeParse(source.classification).data ?? null,
      redacted: (type?.data ?? []).flatMap(({ direction, path, field }) =>
        direction === 'output' && field.handling !== 'none'
          ? [{ path, handling: field.handling }]
          : [],
      ),
      rereadable: read && isRereadable(type),
    },
  };
}

/** A text or a number that is nowhere in an answer is the agent's own; a record is compared. */
function verdictOf(content: unknown, result: unknown): Grounds['verdict'] {
  if (isPartOf(content, result)) return 'read';
  return typeof content === 'object' ? 'differs' : 'own';
}

/** Only what reads and does nothing else is done again for a look. */
export function isRereadable(type: SourceType | undefined): boolean {
  if (type?.state !== 'active' || type.tool.state !== 'active') return false;
  return type.effects.length > 0 && type.effects.every((effect) => effect === 'read');
}

/** More comparisons than these are not made; then it counts as differing. */
const MOST_STEPS = 50_000;

/**
 * Whether a value is another, or stands somewhere in it, or is a record of which each member
 * is so in one place of it: what was shortened is still what was read, what was changed is not.
 */
export function isPartOf(part: unknown, whole: unknown): boolean {
  const budget = { left: MOST_STEPS };
  return stands(part, whole, budget);
}

interface Budget {
  left: number;
}

function stands(part: unknown, whole: unknown, budget: Budget): boolean {
  if ((budget.left -= 1) < 0) return false;
  if (within(part, whole, budget)) return true;
  if (typeof whole !== 'object' || whole === null) return false;
  return Object.values(whole).some((each) => stands(part, each, budget));
}

/** Whether this is that, members left out of records aside; an empty record says nothing of any other. */
function within(part: unknown, whole: unknown, budget: Budget): boolean {
  if ((budget.left -= 1) < 0) return false;
  if (typeof part !== 'object' || part === null || typeof whole !== 'object' || whole === null) {
    return part === whole;
  }
  if (Array.isArray(part) || Array.isArray(whole)) return isSame(part, whole);
  const members = Object.entries(part);
  if (members.length === 0) return Object.keys(whole).length === 0;
  return members.every(
    ([name, value]) =>
      Object.hasOwn(whole, name) && within(value, (whole as Record<string, unknown>)[name], budget),
  );
}

/** Ends at the first difference: of many lists that are compared, few are read to their end. */
function isSame(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return one === other;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  const [first, second] = [one as Record<string, unknown>, other as Record<string, unknown>];
  return names.every((name) => Object.hasOwn(second, name) && isSame(first[name], second[name]));
}
