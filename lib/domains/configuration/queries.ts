import { queryOptions } from '@tanstack/react-query';
import { api } from '@/lib/http/fetcher';
import type { TemplateList, TemplateView } from './template-schema';

export const configurationKeys = {
  templates: ['configuration', 'templates'] as const,
  template: (id: string) => ['configuration', 'template', id] as const,
};

export const configurationPaths = {
  apply: '/api/configuration/apply',
  templates: '/api/templates',
  template: (id: string) => `/api/templates/${id}`,
  planTemplate: '/api/templates/plan',
};

export function templatesQuery() {
  return queryOptions({
    queryKey: configurationKeys.templates,
    queryFn: () => api.get<TemplateList>(configurationPaths.templates),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function templateQuery(id: string) {
  return queryOptions({
    queryKey: configurationKeys.template(id),
    queryFn: () => api.get<TemplateView>(configurationPaths.template(id)),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
