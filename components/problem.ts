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
