/** From files to documents: whatever can be known to be wrong without trying it. */
import type { Kind, Read } from './kinds/kind';
import { kinds } from './kinds';
import { invalidConfiguration } from './errors';
import type { Files, FileProblem } from './schema';
import type { Flaw, Path } from './text';

export interface Wanted {
  documents: ReadonlyMap<Kind, ReadonlyMap<string, unknown>>;
  /** Files that a file names, by file. */
  names: ReadonlyMap<string, readonly string[]>;
  /** Something wrong at a path of a file. */
  problemAt: (file: string, path: Path, message: string) => FileProblem;
}

/** Reads all files. Throws 422 naming everything that is wrong with them. */
export function readWanted(files: Files): Wanted {
  const problems: FileProblem[] = [];
  const documents = new Map(kinds.map((kind) => [kind, new Map<string, unknown>()]));
  const names = new Map<string, string[]>();
  const flawsAt = new Map<string, (path: Path, message: string) => Flaw>();
  const paths = Object.keys(files).toSorted();
  for (const file of paths) {
    const kind = kinds.find((one) => one.owns(file));
    const read: Read<unknown> = kind?.parse(files[file] ?? '', file) ?? {
      flaws: [{ line: 1, column: 1, field: '', message: 'is no file of a configuration' }],
    };
    if (!kind || 'flaws' in read) {
      if ('flaws' in read) problems.push(...read.flaws.map((flaw) => ({ file, ...flaw })));
      continue;
    }
    const { document, flawAt } = read;
    flawsAt.set(file, flawAt);
    documents.get(kind)?.set(kind.nameOf(document), document);
    for (const reference of kind.references(document)) {
      const named = kinds.find(({ noun }) => noun === reference.kind)?.fileOf(reference.name) ?? '';
      names.set(file, [...(names.get(file) ?? []), named]);
      if (named in files) continue;
      const message = `there is no ${reference.kind} ${reference.name} (${named})`;
      problems.push({ file, ...flawAt(reference.path, message) });
    }
  }
  if (problems.length > 0) throw invalidConfiguration(problems);
  return {
    documents,
    names,
    problemAt: (file, path, message) => {
      const flaw = flawsAt.get(file)?.(path, message);
      return { file, ...(flaw ?? { line: null, column: null, field: '', message }) };
    },
  };
}
