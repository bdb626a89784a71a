/** What an exporting process and the one that started it tell each other. */
import type { ProblemInit } from '@/lib/kernel/problem';
import type { Filters } from '../schema';
import type { Tally } from './formats/tally';
import type { ExportFormat } from './schema';

export interface Asked {
  workspace: string;
  filters: Filters;
  format: ExportFormat;
  /** Whether to say how many events it will be, where that has to be counted. */
  counted: boolean;
}

export type Told =
  /** The source is open. `total` is undefined where nobody asked for it. */
  | { opened: { total: number | undefined } }
  | { tally: Tally }
  /** All bytes have been written, so many. A process that ends without it has not written all. */
  | { done: Tally; bytes: number }
  | { failed: Omit<ProblemInit, 'cause'> | { message: string } };
