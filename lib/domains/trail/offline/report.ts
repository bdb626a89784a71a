import type { Manifest } from './schema';

/** What a verification came to. Only `verified` means that all that was asked for was proved. */
export interface Report {
  /** `unproved`: nothing wrong was found, but something that was asked for cannot be proved from this file. */
  verdict: 'verified' | 'unproved' | 'failed';
  /** Why it failed or what could not be proved; empty when verified. */
  problems: Problem[];
  proved: string[];
  notProved: string[];
  /** What the file is, as its manifest says; absent while no signature vouches for it. */
  about?: About;
}

export interface Problem {
  message: string;
  /** The first bad line, counted from 1, where there is one. */
  line?: number;
}

export interface About {
  workspace: string;
  /** The log's name. */
  origin: string;
  /** The verifier key that all else rests on. */
  key: string;
  manifest: Manifest;
}

const formatter = new Intl.NumberFormat('en-US');
export const number = (value: number): string => formatter.format(value);

/** "1 event", "1,204 events" */
export function counted(value: number, one: string): string {
  return `${number(value)} ${one}${value === 1 ? '' : 's'}`;
}

/** What an export holds of its log, in words. */
export function scopeOf({ complete, filters }: Manifest): string {
  if (complete) return 'the whole log, no filter';
  const said = Object.entries(filters).map(
    ([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return said.length === 0 ? 'a part of the log' : `a part of the log: ${said.join(', ')}`;
}
