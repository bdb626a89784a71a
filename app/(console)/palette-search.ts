import { Bot, Hourglass, ScrollText } from 'lucide-react';
import type { PaletteItem } from '@/components/layout';
import { type Agent, agentPaths } from '@/lib/domains/agents';
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

/** What the palette finds beyond pages: agents by name, events by their text, anything by its id. */
export async function searchEverything(query: string): Promise<PaletteItem[]> {
  const page = idPages[/^([a-z]{3})_[0-9a-f-]{36}$/.exec(query)?.[1] ?? ''];
  if (page) {
    return [
      { id: query, label: `${page.label} ${query}`, group: page.group, href: page.href(query) },
    ];
  }
  const [agents, events] = await Promise.all([
    api.get<{ items: Agent[] }>(agentPaths.list, { q: query, limit: 6 }),
    api.get<{ items: Found[] }>('/api/trail/events', { q: query, limit: 8 }),
  ]);
  return [
    ...agents.items.map((agent) => ({
      id: agent.id,
      label: agent.name,
      hint: agent.state,
      group: 'Agents',
      icon: Bot,
      href: `/agents/${agent.id}`,
    })),
    ...events.items.map((event) => ({
      id: event.id,
      label: event.summary || event.type,
      hint: event.type,
      group: 'Events',
      icon: event.type.startsWith('approval.') ? Hourglass : ScrollText,
      href: `/trail/${event.id}`,
    })),
  ];
}
