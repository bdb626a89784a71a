import { findSecrets } from '@/lib/domains/vault';
import { api } from '@/lib/http/fetcher';
import type { Page } from '@/lib/kernel/page-input';
import { catalogPaths } from '../queries';
import type { Tool } from '../schema';

type Choice = { value: string; label: string; hint?: string };

/** Stands in pickers for choosing none, whose value is the empty one. */
const NONE = 'none';
export const pickedOf = (value: string): string => value || NONE;
export const valueOf = (picked: string): string => (picked === NONE ? '' : picked);

/** The same search with none to choose before what is there. */
const orNone = (label: string, find: (q: string) => Promise<Choice[]>) => async (q: string) => [
  ...(q === '' ? [{ value: NONE, label }] : []),
  ...(await find(q)),
];

async function findTools(q: string, state?: string): Promise<Choice[]> {
  const page = await api.get<Page<Tool>>(catalogPaths.tools, { q, state, limit: 20 });
  return page.items.map(({ id, name }) => ({ value: id, label: name }));
}

/** Tools that action types may run at, for a picker, found by name. */
export const searchTools = (q: string) => findTools(q, 'active');

/** Every tool, retired ones as well, to narrow a list by. */
export const searchAnyTool = orNone('Any tool', findTools);

/** The vault's secrets in use. */
export const searchSecrets = orNone('none yet', findSecrets);
