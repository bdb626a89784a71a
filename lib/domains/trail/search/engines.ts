import type { SearchEngine } from './engine';
import { postgresSearch } from './postgres';

/** The engine that searches go through. */
export function searchEngine(): SearchEngine {
  return postgresSearch;
}
