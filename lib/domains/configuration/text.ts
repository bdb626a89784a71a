/** Strict JSON with positions: what a file says, and where it says it. */
import { findNodeAtLocation, type Node, type ParseError, parseTree } from 'jsonc-parser';
import type { z } from 'zod';

export type Path = readonly (string | number)[];

/** Something wrong in a text. Line and column count from 1. */
export interface Flaw {
  line: number;
  column: number;
  /** Such as `permissions[0].tier`; empty for the whole file. */
  field: string;
  message: string;
}

const MOST_DEPTH = 100;
const MOST_FLAWS = 20;

/** What jsonc-parser calls its errors by number. */
const syntax: Record<number, string> = {
  1: 'is no value: write text in quotes, a number, true, false, null, {…} or […]',
  2: 'is no number',
  3: 'has a property whose name is not in double quotes',
  4: 'lacks a value here',
  5: 'lacks a colon here',
  6: 'lacks a comma here',
  7: 'lacks a closing }',
  8: 'lacks a closing ]',
  9: 'goes on after its end',
  10: 'has a comment, which JSON has not',
  11: 'has a comment that does not end',
  12: 'has text whose closing quote is missing',
  13: 'has a number that does not end',
  14: 'has a \\u without four digits',
  15: 'has a \\ before a letter that it does not go with',
  16: 'has a sign that cannot be written so',
};

export type Parsed = { value: unknown; root: Node } | { flaws: Flaw[] };

/** Parses strict JSON: no comments, no trailing commas, no name twice, nothing JavaScript would round. */
export function parseJson(text: string): Parsed {
  const errors: ParseError[] = [];
  let root: Node | undefined;
  try {
    root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { flaws: [flawAt(text, 0, [], 'is nested too deeply')] };
  }
  const [first] = errors;
  // What follows the first is mostly its consequence.
  if (first) {
    return { flaws: [flawAt(text, first.offset, [], syntax[first.error] ?? 'is no JSON')] };
  }
  if (!root) return { flaws: [flawAt(text, 0, [], 'is empty')] };
  const flaws = traps(text, root);
  return flaws.length > 0 ? { flaws } : { value: JSON.parse(text) as unknown, root };
}

/** What is JSON and would still not be kept as it stands. */
function traps(text: string, root: Node): Flaw[] {
  const flaws: Flaw[] = [];
  const visit = (node: Node, path: Path): void => {
    if (flaws.length >= MOST_FLAWS) return;
    const flaw = (message: string) => flaws.push(flawAt(text, node.offset, path, message));
    if (path.length > MOST_DEPTH) flaw('is nested too deeply');
    else if (node.type === 'string' && !storable(String(node.value))) {
      flaw('has a sign that cannot be kept');
    } else if (node.type === 'number' && !exact(text, node)) {
      flaw('is a number too large to be exact');
    } else if (node.type === 'array') {
      for (const [index, item] of (node.children ?? []).entries()) visit(item, [...path, index]);
    } else if (node.type === 'object') {
      const seen = new Set<string>();
      for (const { children: [key, value] = [] } of node.children ?? []) {
        if (!key || !value) continue;
        const name = String(key.value);
        if (seen.has(name)) {
          flaws.push(flawAt(text, key.offset, [...path, name], 'is there twice'));
        } else if (!storable(name)) {
          flaws.push(flawAt(text, key.offset, path, 'has a name with a sign that cannot be kept'));
        }
        seen.add(name);
        visit(value, [...path, name]);
      }
    }
  };
  visit(root, []);
  return flaws;
}

function storable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000');
}

function exact(text: string, node: Node): boolean {
  const value = Number(text.slice(node.offset, node.offset + node.length));
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}

/** Where a path stands, or what of it there is; on the name of a member, else on the value. */
export function flawOf(text: string, root: Node, path: Path, message: string): Flaw {
  for (let length = path.length; length > 0; length -= 1) {
    const node = findNodeAtLocation(root, [...path.slice(0, length)]);
    if (!node) continue;
    const named = node.parent?.type === 'property' ? node.parent : node;
    return flawAt(text, named.offset, path, message);
  }
  return flawAt(text, root.offset, path, message);
}

/** The issues of a schema, each wrong field by itself. */
export function flawsOf(text: string, root: Node, error: z.ZodError): Flaw[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path as (string | number)[];
    return issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => flawOf(text, root, [...path, key], 'is not a known field'))
      : [flawOf(text, root, path, missing(root, path) ? 'is missing' : issue.message)];
  });
}

function missing(root: Node, path: Path): boolean {
  return (
    path.length > 0 &&
    typeof path.at(-1) === 'string' &&
    !findNodeAtLocation(root, [...path]) &&
    findNodeAtLocation(root, [...path.slice(0, -1)])?.type === 'object'
  );
}

function flawAt(text: string, offset: number, path: Path, message: string): Flaw {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - before.lastIndexOf('\n'), field: fieldOf(path), message };
}

/** `permissions[0].tier`. */
export function fieldOf(path: Path): string {
  return path.reduce<string>((field, part) => {
    if (typeof part === 'number') return `${field}[${part}]`;
    return field === '' ? part : `${field}.${part}`;
  }, '');
}

/** A document as its file has it: two spaces, and a newline at its end. */
export function printJson(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Members of JSON that has no order of its own, by name; what is stored keeps none. */
export function sortKeys<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item: unknown) => sortKeys(item)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, one]) => [key, sortKeys(one as unknown)]);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))) as T;
}
