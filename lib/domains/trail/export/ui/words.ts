import { exactTime, formatNumber, humanize } from '@/components/format';
import { kinds, outcomeWords } from '../../ui/describe';
import { setFilters, type ShownFilters } from '../queries';
import type { ExportFormat } from '../schema';

export const formats: Record<ExportFormat, { label: string; hint: string }> = {
  ndjson: {
    label: 'NDJSON, verifiable',
    hint: 'Each event’s own bytes with a signed manifest: anyone can verify it without us.',
  },
  csv: { label: 'CSV', hint: 'One row an event, for a spreadsheet.' },
  parquet: { label: 'Parquet', hint: 'Typed and compressed columns, for data tools.' },
  ocsf: { label: 'OCSF 1.8', hint: 'Security events in the open schema, for a SIEM.' },
};

const labels: Record<string, string> = {
  q: 'Words',
  from: 'From',
  to: 'Until',
};

function wordsOf(name: string, value: string, nameOf: (id: string) => string | undefined): string {
  if (name === 'q') return value;
  if (name === 'from' || name === 'to') return exactTime(value);
  const each = value.split(',').map((one) => {
    if (name === 'outcome') return outcomeWords[one] ?? one;
    if (name === 'type') return kinds.find((kind) => kind.value === one)?.label ?? one;
    return nameOf(one) ?? one;
  });
  return each.join(' or ');
}

/** The filters one by one: "Outcome", "Held or Denied". */
export function filterWords(
  filters: ShownFilters,
  nameOf: (id: string) => string | undefined,
): { label: string; value: string }[] {
  return setFilters(filters).map(([name, value]) => ({
    label: labels[name] ?? humanize(name),
    value: wordsOf(name, value, nameOf),
  }));
}

/** "12.3 MB" */
export function formatBytes(bytes: number): string {
  const units = ['byte', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1_000 ** power;
  if (power === 0) return `${formatNumber(bytes)} ${bytes === 1 ? 'byte' : 'bytes'}`;
  return `${value.toFixed(value < 10 ? 1 : 0)} ${units[power]}`;
}

/** Has the browser fetch a file; the server names it. */
export function startDownload(href: string): void {
  const link = document.createElement('a');
  link.href = href;
  link.download = '';
  link.click();
}
