/** What a kind of thing in a configuration is: its files, and how they and the workspace become alike. */
import type { z } from 'zod';
import type { Tx } from '@/lib/infra/db';
import { canonicalJson } from '@/lib/kernel/canonical';
import type { Deed } from '@/lib/kernel/verb';
import { fileNameOf } from '../names';
import type { Folder } from '../schema';
import { type Flaw, flawOf, flawsOf, parseJson, type Path, printJson } from '../text';

/** Another thing that a document names. */
export interface Reference {
  path: Path;
  /** The kind's noun, such as `role`. */
  kind: string;
  name: string;
}

export type Read<D> =
  | { document: D; flawAt: (path: Path, message: string) => Flaw }
  | { flaws: Flaw[] };

/** Documents by the names of what they describe. */
export type Documents<D> = ReadonlyMap<string, D>;

/** The deed that everything is part of, and its way to do one thing of many. */
export interface Work {
  deed: Omit<Deed<unknown>, 'input'>;
  /**
   * Performs a verb about one file. What it refuses becomes a problem of that file, at the path
   * that `place` gives for the field that the verb names, and the rest goes on.
   */
  attempt: <T>(
    file: string,
    perform: () => Promise<T>,
    place?: (field: Path) => Path | { file: string; path: Path },
  ) => Promise<T | undefined>;
}

/** How a thing goes, in words. */
export interface Removal {
  words: string;
  details: string[];
  /** Whether it cannot come back as it was. */
  final: boolean;
}

export interface Kind<D = unknown> {
  /** What people call one of them: `role`. */
  noun: string;
  fileOf: (name: string) => string;
  /** Whether a file is one of the kind's. */
  owns: (file: string) => boolean;
  /** What a file says; refuses what is not so, with the place of each flaw. */
  parse: (text: string, file: string) => Read<D>;
  /** The file of a document, byte for byte the same for equal ones. */
  print: (document: D) => string;
  nameOf: (document: D) => string;
  /** What is there now, retired things left out. */
  read: (tx: Tx) => Promise<D[]>;
  references: (document: D) => Reference[];
  /** What becomes of a new thing, where there is more to say than that it is made. */
  added: (document: D) => string[];
  /** What differs between two, in words. */
  changed: (was: D, is: D) => string[];
  removed: (tx: Tx, document: D) => Promise<Removal>;
  /** What is to be done about things whose files say nothing new, by name. */
  due?: (tx: Tx, wanted: Documents<D>) => Promise<Map<string, string[]>>;
  /** Makes and changes what is wanted; `was` is what stands there now. */
  apply: (work: Work, was: Documents<D>, wanted: Documents<D>) => Promise<void>;
  /** Ends what is wanted no more. */
  remove: (work: Work, gone: readonly D[]) => Promise<void>;
}

type JsonKind<D> = Omit<
  Kind<D>,
  'fileOf' | 'owns' | 'parse' | 'print' | 'nameOf' | 'references' | 'added' | 'changed'
> &
  Partial<Pick<Kind<D>, 'references' | 'added' | 'changed'>> & {
    folder: Folder;
    /** The document with what has no order of its own in order; positions speak of it as it was read. */
    normal?: (document: D) => D;
    schema: z.ZodType<D>;
    nameOf: (document: D) => string;
    /** The member that holds its name. */
    key?: string;
  };

/** A kind with one JSON file a thing, in a folder of its own. */
export function jsonKind<D extends object>(kind: JsonKind<D>): Kind<D> {
  const { folder, schema, key = 'name', normal = (document: D) => document } = kind;
  const fileOf = (name: string) => `${folder}/${fileNameOf(name)}.json`;
  const inFolder = new RegExp(`^${folder}/[^/]+\\.json$`);
  return {
    references: () => [],
    added: () => [],
    changed: fieldWords,
    ...kind,
    fileOf,
    owns: (file) => inFolder.test(file),
    print: (document) => printJson(normal(document)),
    parse: (text, file) => {
      const read = readDocument(schema, text);
      if (!('document' in read)) return read;
      const name = kind.nameOf(read.document);
      if (fileOf(name) === file) return read;
      return { flaws: [read.flawAt([key], `belongs in ${fileOf(name)}`)] };
    },
  };
}

/** Reads one document by its schema. */
export function readDocument<D>(schema: z.ZodType<D>, text: string): Read<D> {
  const json = parseJson(text);
  if ('flaws' in json) return json;
  const parsed = schema.safeParse(json.value);
  if (!parsed.success) return { flaws: flawsOf(text, json.root, parsed.error) };
  return {
    document: parsed.data,
    flawAt: (path, message) => flawOf(text, json.root, path, message),
  };
}

export function same(a: unknown, b: unknown): boolean {
  return canonicalJson(a ?? null) === canonicalJson(b ?? null);
}

/** The members in which two documents differ, in words. */
export function fieldWords(was: object, is: object): string[] {
  const before = was as Record<string, unknown>;
  const after = is as Record<string, unknown>;
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((field) => !same(before[field], after[field]))
    .flatMap((field) => {
      const [old, now] = [before[field], after[field]];
      if (isRecord(old) && isRecord(now)) {
        return fieldWords(old, now).map((words) => `${field} ${words}`);
      }
      return [`${field}: ${shown(now)} (was ${shown(old)})`];
    });
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'none';
  if (Array.isArray(value) && value.length === 0) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** By a key, as code units compare. */
export function sorted<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  return items.toSorted((a, b) => {
    const [left, right] = [keyOf(a), keyOf(b)];
    if (left === right) return 0;
    return left < right ? -1 : 1;
  });
}
