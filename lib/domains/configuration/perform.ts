/** Making a workspace what its files say, verb by verb, in the one transaction at hand. */
import type { Tx } from '@/lib/infra/db';
import { isUniqueViolation } from '@/lib/infra/db';
import { Problem } from '@/lib/kernel/problem';
import { kinds } from './kinds';
import { type Kind, sorted, type Work } from './kinds/kind';
import type { FileProblem } from './schema';
import type { Path } from './text';
import type { Wanted } from './wanted';

export type Documents = ReadonlyMap<Kind, ReadonlyMap<string, unknown>>;

/** What stands in the workspace now. */
export async function readCurrent(tx: Tx): Promise<Documents> {
  const documents = new Map<Kind, Map<string, unknown>>();
  for (const kind of kinds) documents.set(kind, await readKind(tx, kind));
  return documents;
}

async function readKind(tx: Tx, kind: Kind): Promise<Map<string, unknown>> {
  // A database that is not asked for an order has a new one at times.
  const found = sorted(await kind.read(tx), (document) => kind.nameOf(document));
  return new Map(found.map((document) => [kind.nameOf(document), document]));
}

/** Documents as files, in the order of their paths. */
export function printAll(documents: Documents): Record<string, string> {
  const files = [...documents].flatMap(([kind, named]) =>
    [...named].map(([name, document]): [string, string] => [
      kind.fileOf(name),
      kind.print(document),
    ]),
  );
  return Object.fromEntries(files.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Performs all of it and answers what was refused; after a refusal the transaction must not be
 * kept. What depends on something refused is passed over, as it would only be refused for that.
 */
export async function perform(
  deed: Work['deed'],
  current: Documents,
  wanted: Wanted,
): Promise<{ problems: FileProblem[]; touched: boolean }> {
  const problems: FileProblem[] = [];
  const failed = new Set<string>();
  let touched = false;
  const blocked = (file: string): boolean =>
    (wanted.names.get(file) ?? []).some((named) => failed.has(named) || blocked(named));
  const work: Work = {
    deed,
    attempt: async (file, run, place = (path) => path) => {
      if (blocked(file)) return undefined;
      touched = true;
      const { tx } = deed;
      await tx.$executeRaw`SAVEPOINT one_of_many`;
      try {
        const done = await run();
        await tx.$executeRaw`RELEASE SAVEPOINT one_of_many`;
        return done;
      } catch (error) {
        const refusals = refusalsOf(error);
        if (!refusals) throw error;
        await tx.$executeRaw`ROLLBACK TO SAVEPOINT one_of_many`;
        failed.add(file);
        for (const { path, message } of refusals) {
          const found = place(path);
          const at = isPath(found) ? { file, path: found } : found;
          problems.push(wanted.problemAt(at.file, at.path, message));
        }
        return undefined;
      }
    },
  };
  for (const kind of kinds) {
    // What came back with something else is seen as well.
    const was = touched ? await readKind(deed.tx, kind) : current.get(kind);
    await kind.apply(work, was ?? new Map(), wanted.documents.get(kind) ?? new Map());
  }
  for (const kind of kinds.toReversed()) {
    const documents = wanted.documents.get(kind) ?? new Map();
    const gone = [...(current.get(kind) ?? [])].filter(([name]) => !documents.has(name));
    await kind.remove(
      work,
      gone.map(([, document]) => document),
    );
  }
  return { problems, touched };
}

/** What a verb refused, field by field; undefined for what is no refusal. */
function refusalsOf(error: unknown): { path: Path; message: string }[] | undefined {
  if (isUniqueViolation(error)) {
    return [{ path: [], message: 'there is one with this name already, which was retired' }];
  }
  if (!(error instanceof Problem)) return undefined;
  if (!error.errors) return [{ path: [], message: error.message }];
  return error.errors.map(({ field, message }) => ({
    path:
      field === ''
        ? []
        : field.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
    message,
  }));
}

function isPath(found: Path | { file: string; path: Path }): found is Path {
  return Array.isArray(found);
}
