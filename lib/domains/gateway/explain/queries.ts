import { queryOptions } from '@tanstack/react-query';
import { api } from '@/lib/http/fetcher';
import type { Page } from '@/lib/kernel/page-input';
import type { AskExplanation, Explanation, ExplanationResult } from './schema';

const explainPaths = {
  ask: '/api/policies/explain',
  explanation: (id: string) => `/api/policies/explanations/${id}`,
  agents: '/api/agents',
  agent: (id: string) => `/api/agents/${id}`,
  actionTypes: '/api/action-types',
};

const PAUSE_MS = 150;

/** Asks once and waits for the answer; asking again is a question of its own. */
export function explanationQuery(question: AskExplanation | null) {
  return queryOptions({
    queryKey: ['explanation', question] as const,
    queryFn: ({ signal }) => answered(question ?? {}, signal),
    enabled: question !== null,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    retry: false,
  });
}

async function answered(question: AskExplanation, signal: AbortSignal): Promise<ExplanationResult> {
  let told = await api.post<Explanation>(explainPaths.ask, question);
  while (told.status === 'queued') {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    signal.throwIfAborted();
    told = await api.get<Explanation>(explainPaths.explanation(told.id));
  }
  if (!told.result) throw new Error(told.error || 'It could not be explained. Ask again.');
  return told.result;
}

export interface Named {
  id: string;
  name: string;
}

export function agentNameQuery(id: string) {
  return queryOptions({
    queryKey: ['explanation', 'agent', id] as const,
    queryFn: () => api.get<Named>(explainPaths.agent(id)),
    enabled: id !== '',
  });
}

export async function searchAgents(q: string) {
  const { items } = await api.get<Page<Named>>(explainPaths.agents, { q, limit: 20 });
  return items.map(({ id, name }) => ({ value: id, label: name }));
}

export async function searchActionTypes(q: string) {
  const found = await api.get<Page<{ key: string; title: string }>>(explainPaths.actionTypes, {
    ...{ q, limit: 20 },
  });
  return found.items.map(({ key, title }) => ({ value: key, label: key, hint: title }));
}
