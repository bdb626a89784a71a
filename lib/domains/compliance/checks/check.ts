import type { WorkspaceSettings } from '@/lib/domains/workspaces';
import type { Tx } from '@/lib/infra/db';

export interface CheckContext {
  tx: Tx;
  now: Date;
  settings: WorkspaceSettings;
}

/** What a check saw: how many things it looked at, and those that are wrong, each with why. */
export interface Observation {
  examined: number;
  found: Record<string, unknown>[];
}

/**
 * One question to the records, answered by a set query. Passes when nothing is found wrong;
 * `wrong` says what is, for a count of one and of more.
 */
export interface Check {
  key: string;
  title: string;
  question: string;
  wrong: { one: string; many: string };
  observe: (context: CheckContext) => Promise<Observation>;
}

export function daysBefore(now: Date, days: number): Date {
  return new Date(now.getTime() - days * 86_400_000);
}
