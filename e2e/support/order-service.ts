import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

function read(dataDir: string, file: string): string {
  return readFileSync(join(dataDir, file), 'utf8').trim();
}

async function call(dataDir: string, key: string, path: string, method = 'GET'): Promise<unknown> {
  const url = `http://127.0.0.1:${read(dataDir, 'order-service.port')}${path}`;
  const response = await fetch(url, { method, headers: { authorization: `Bearer ${key}` } });
  if (!response.ok) throw new Error(`order service: ${method} ${path} answered ${response.status}`);
  return response.json();
}

/** The journeys' own key at the order service, which stays when Countersign's is rotated. */
export async function makeOrderServiceKey(dataDir: string): Promise<string> {
  const first = read(dataDir, 'order-service.key');
  const made = (await call(dataDir, first, '/api-keys', 'POST')) as { key: string };
  return made.key;
}

/** What the order service itself says it was asked for an action: requests, and effects of them. */
export async function callsFor(action: string): Promise<{ total: number; effects: number }> {
  const { COUNTERSIGN_E2E_DEMO = '', COUNTERSIGN_E2E_ORDER_KEY = '' } = process.env;
  const path = `/stats/calls?idempotency_key=${encodeURIComponent(action)}`;
  const answer = await call(dirname(COUNTERSIGN_E2E_DEMO), COUNTERSIGN_E2E_ORDER_KEY, path);
  const { total, effects } = answer as { total: number; effects: number };
  return { total, effects };
}
