import { hash } from 'node:crypto';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * RFC 8785 (JCS) form of a JSON value. Members whose value is undefined are left out;
 * numbers that are not finite and lone surrogates are refused with a TypeError.
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return canonicalString(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError('canonical JSON: a number is not finite');
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return canonicalArray(value);
      if (value instanceof Date) return JSON.stringify(value);
      return canonicalObject(value as Record<string, unknown>);
    default:
      throw new TypeError(`canonical JSON: ${typeof value} has no JSON form`);
  }
}

/** Printable ASCII without what is escaped is most of what there is, and is itself between quotes. */
const PLAIN = /^[ !#-[\]-~]*$/;

function canonicalString(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw new TypeError('canonical JSON: a string has a lone surrogate');
  return JSON.stringify(text);
}

function canonicalArray(items: readonly unknown[]): string {
  let text = '[';
  for (const item of items) {
    if (text.length > 1) text += ',';
    text += canonicalJson(item ?? null);
  }
  return `${text}]`;
}

function canonicalObject(record: Record<string, unknown>): string {
  let text = '{';
  for (const key of inOrder(Object.keys(record))) {
    const member = record[key];
    if (member === undefined) continue;
    if (text.length > 1) text += ',';
    text += `${canonicalString(key)}:${canonicalJson(member)}`;
  }
  return `${text}}`;
}

/** Beyond these the built-in sort is faster, which makes copies of what it sorts. */
const FEW = 24;

/** By UTF-16 code units, which is what JCS asks for and how strings compare; in place. */
function inOrder(keys: string[]): string[] {
  if (keys.length > FEW) return keys.sort();
  for (let next = 1; next < keys.length; next += 1) {
    const key = keys[next] as string;
    let at = next;
    for (; at > 0 && (keys[at - 1] as string) > key; at -= 1) keys[at] = keys[at - 1] as string;
    keys[at] = key;
  }
  return keys;
}

/** `sha256:<hex>` over the canonical JSON of a value. */
export function digest(value: unknown): string {
  return `sha256:${hash('sha256', canonicalJson(value), 'hex')}`;
}
