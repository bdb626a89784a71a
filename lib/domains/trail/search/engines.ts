import { hasClickHouse } from '@/lib/infra/clickhouse';
import { clickhouseSearch } from './clickhouse/engine';
import type { SearchEngine } from './engine';
import { postgresSearch } from './postgres';

/** The engine that searches go through. */
export function searchEngine(): SearchEngine {
  return hasClickHouse() ? clickhouseSearch : postgresSearch;
}
