import { humanize } from './format';

/** What an RFC 9457 problem, or any thrown value, says to a person. Reads by shape: the kit knows no fetcher. */
export interface ReadProblem {
  sentence: string;
  code?: string;
  status?: number;
  fields: Record<string, string>;
}

interface Loose {
  detail?: unknown;
  title?: unknown;
  message?: unknown;
  code?: unknown;
  status?: unknown;
  errors?: unknown;
  problem?: unknown;
  body?: unknown;
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined;

function looseOf(value: unknown): Loose {
  return typeof value === 'object' && value !== null ? value : {};
}

/** The sentence, stable code and field errors of a problem. */
export function readProblem(error: unknown): ReadProblem {
  if (typeof error === 'string') return { sentence: error, fields: {} };
  const outer = looseOf(error);
  const inner = looseOf(outer.problem ?? outer.body);
  const status = [outer.status, inner.status].find((value) => typeof value === 'number');
  const code = text(outer.code) ?? text(inner.code);
  const offline = error instanceof TypeError && /fetch|network|load failed/i.test(error.message);
  const sentence = offline
    ? 'The console could not be reached. Check the connection and try again.'
    : (text(outer.detail) ??
      text(inner.detail) ??
      text(outer.message) ??
      text(outer.title) ??
      text(inner.title) ??
      'Something went wrong. Try again.');
  const list = Array.isArray(outer.errors)
    ? outer.errors
    : Array.isArray(inner.errors)
      ? inner.errors
      : [];
  const fields: Record<string, string> = {};
  for (const entry of list) {
    const { field, message } = entry as { field?: unknown; message?: unknown };
    if (typeof field === 'string' && typeof message === 'string') fields[field] ??= message;
  }
  const [first] = Object.keys(fields);
  return {
    sentence: first === undefined ? sentence : inWords(sentence, first),
    fields,
    ...(code ? { code } : {}),
    ...(typeof status === 'number' ? { status } : {}),
  };
}

/** Whether it was refused for want of a sign-in: the session has ended. */
export function isSignedOut(error: unknown): boolean {
  const { status, code } = readProblem(error);
  return status === 401 && code === 'unauthenticated';
}

/**
 * What a form says of a problem as a whole. Where each part of it stands at its field, which are
 * among `shown`, only which fields these are; else every one of them, not the first alone.
 */
export function formSentence(error: unknown, shown: readonly string[] = []): string {
  const { code, fields, sentence } = readProblem(error);
  const names = Object.keys(fields);
  if (code !== 'invalid_input' || names.length === 0) return sentence;
  if (names.every((name) => shown.includes(name))) {
    const words = names.map((name) => inWords(`${name}: `, name).slice(0, -2));
    const list = [words.slice(0, -1).join(', '), ...words.slice(-1)].filter(Boolean).join(' and ');
    return `${list} ${names.length === 1 ? 'needs' : 'need'} another look.`;
  }
  return names.map((name) => inWords(`${name}: ${fields[name]}`, name)).join('; ');
}

/** The API's name of a field, where a sentence begins with it, as a person reads it. */
function inWords(sentence: string, field: string): string {
  if (field === '' || !sentence.startsWith(`${field}: `)) return sentence;
  const steps = field.split('.');
  const words = steps.map((step) => (/^\d+$/.test(step) ? `${Number(step) + 1}` : humanize(step)));
  return words.join(' › ') + sentence.slice(field.length);
}

/** Field name to its error, for the `error` of each Field. */
export function fieldErrors(error: unknown): Record<string, string> {
  return error ? readProblem(error).fields : {};
}
