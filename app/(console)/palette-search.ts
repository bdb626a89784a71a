import { Bot, Hourglass, ScrollText } from 'lucide-react';
import { findIn, type PaletteFound, type PaletteItem } from '@/components/layout';
import { type Agent, agentPaths } from '@/lib/domains/agents';
import { trailPaths } from '@/lib/domains/trail';
import { api } from '@/lib/http/fetcher';

interface Found {
  id: string;
  type: string;
  summary: string;
}

const idPages: Record<string, { label: string; group: string; href: (id: string) => string }> = {
  agt: { label: 'Agent', group: 'Agents', href: (id) => `/agents/${id}` },
  act: { label: 'Action', group: 'Actions', href: (id) => `/trail/actions/${id}` },
  evt: { label: 'Event', group: 'Events', href: (id) => `/trail/${id}` },
  ast: {
    label: 'Data asset',
    group: 'Classification',
    href: (id) => `/classification/${id}`,
  },
  cmp: { label: 'Access review', group: 'Access reviews', href: (id) => `/access-reviews/${id}` },
  rol: { label: 'Role', group: 'Roles', href: (id) => `/roles/${id}` },
};

/**
 * What the palette finds beyond pages: agents by name, events by their text, anything by its id. Events are
 * asked for by those alone who may search the trail.
 */
export async function searchEverything(query: string, trail: boolean): Promise<PaletteFound> {
  const page = idPages[/^([a-z]{3})_[0-9a-f-]{36}$/.exec(query)?.[1] ?? ''];
  if (page) {
    const item = { id: query, label: `${page.label} ${query}` };
    return { items: [{ ...item, group: page.group, href: page.href(query) }], failed: [] };
  }
  return findIn([
    { name: 'agents', find: () => findAgents(query) },
    ...(trail ? [{ name: 'events', find: () => findEvents(query) }] : []),
  ]);
}

/** What it asks for: nobody is told to look for what is not looked for. Anything is found by its id. */
export function paletteWords(trail: boolean): string {
  return trail ? 'Find a page, an agent, an event or an id…' : 'Find a page, an agent or an id…';
}

async function findAgents(q: string): Promise<PaletteItem[]> {
  const { items } = await api.get<{ items: Agent[] }>(agentPaths.list, { q, limit: 6 });
  return items.map((agent) => ({
    id: agent.id,
    label: agent.name,
    hint: agent.state,
    group: 'Agents',
    icon: Bot,
    href: `/agents/${agent.id}`,
  }));
}

async function findEvents(q: string): Promise<PaletteItem[]> {
  const { items } = await api.get<{ items: Found[] }>(trailPaths.events, { q, limit: 8 });
  return items.map((event) => ({
    id: event.id,
    label: event.summary || event.type,
    hint: event.type,
    group: 'Events',
    icon: event.type.startsWith('approval.') ? Hourglass : ScrollText,
    href: `/trail/${event.id}`,
  }));
}
