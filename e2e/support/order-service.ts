import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataDir, readStarted } from './leftovers';

function read(folder: string, file: string): string {
  return readFileSync(join(folder, file), 'utf8').trim();
}

async function call(folder: string, key: string, path: string, method = 'GET'): Promise<unknown> {
  const url = `http://127.0.0.1:${read(folder, 'order-service.port')}${path}`;
  const response = await fetch(url, { method, headers: { authorization: `Bearer ${key}` } });
  if (!response.ok) throw new Error(`order service: ${method} ${path} answered ${response.status}`);
  return response.json();
}

/** The journeys' own key at the order service, which stays when Countersign's is rotated. */
export async function makeOrderServiceKey(folder: string): Promise<string> {
  const first = read(folder, 'order-service.key');
  const made = (await call(folder, first, '/api-keys', 'POST')) as { key: string };
  return made.key;
}

/** What the order service itself says it was asked for an action: requests, and effects of them. */
export async function callsFor(action: string): Promise<{ total: number; effects: number }> {
  const { orderKey = '' } = readStarted();
  const path = `/stats/calls?idempotency_key=${encodeURIComponent(action)}`;
  const answer = await call(dataDir(), orderKey, path);
  const { total, effects } = answer as { total: number; effects: number };
  return { total, effects };
}
