import { type ComboOption, orNone } from '@/components/ui';
import { findSecrets } from '@/lib/domains/vault';
import { api } from '@/lib/http/fetcher';
import type { Page } from '@/lib/kernel/page-input';
import { catalogPaths } from '../queries';
import type { Tool } from '../schema';

async function findTools(q: string, state?: string): Promise<ComboOption[]> {
  const page = await api.get<Page<Tool>>(catalogPaths.tools, { q, state, limit: 20 });
  return page.items.map(({ id, name }) => ({ value: id, label: name }));
}

/** Tools that action types may run at, for a picker, found by name. */
export const searchTools = (q: string) => findTools(q, 'active');

/** Every tool, retired ones as well, to narrow a list by. */
export const searchAnyTool = (q: string) => findTools(q);

/** The vault's secrets in use. */
export const searchSecrets = orNone('none yet', findSecrets);
