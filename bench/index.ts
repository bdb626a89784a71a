/**
 * npm run bench [name] [-- --seconds=5 --events=25000000 --data=folder]: runs one benchmark (default: gateway) beside its
 * baseline in the same run, and writes bench/latest.json.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { BenchOptions } from './options';

type Bench = (options: BenchOptions) => Promise<unknown>;

const benches: Record<string, () => Promise<{ run: Bench }>> = {
  access: () => import('./access/bench'),
  approvals: () => import('./approvals/bench'),
  gateway: () => import('./gateway/bench'),
  soak: () => import('./gateway/soak'),
  trail: () => import('./trail/bench'),
  search: () => import('./trail/search'),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '2' },
    events: { type: 'string' },
    data: { type: 'string' },
  },
});
const [name = 'gateway'] = positionals;
const load = benches[name];
if (!load) {
  console.error(`No benchmark is called ${name}. There is: ${Object.keys(benches).join(', ')}.`);
  process.exit(1);
}
const { run } = await load();
const result = await run({
  seconds: Number(values.seconds),
  rounds: Number(values.rounds),
  events: values.events === undefined ? undefined : Number(values.events),
  data: values.data,
});

const file = path.join(import.meta.dirname, 'latest.json');
const latest: Record<string, unknown> = existsSync(file)
  ? JSON.parse(readFileSync(file, 'utf8'))
  : {};
latest[name] = { at: new Date().toISOString(), ...(result as object) };
writeFileSync(file, `${JSON.stringify(latest, null, 2)}\n`);
process.exit(0);
