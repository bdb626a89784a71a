import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '@/lib/http/fetcher';
import type { Page } from '@/lib/kernel/page-input';
import type {
  ActionTypeData,
  DataAsset,
  DataAssetDetail,
  DataImport,
  FieldOfAsset,
} from './schema';

export interface DataAssetFilters {
  q?: string;
  state?: string;
  classification?: string;
}

export const classificationKeys = {
  all: ['classification'] as const,
  assets: (filters: DataAssetFilters) => ['classification', 'assets', filters] as const,
  asset: (id: string) => ['classification', 'asset', id] as const,
  typeData: (id: string) => ['classification', 'action-type', id] as const,
  import: (id: string) => ['classification', 'import', id] as const,
};

export const classificationPaths = {
  assets: '/api/data-assets',
  asset: (id: string) => `/api/data-assets/${id}`,
  retire: (id: string) => `/api/data-assets/${id}/retire`,
  fields: (id: string) => `/api/data-assets/${id}/fields`,
  field: (id: string, fieldId: string) => `/api/data-assets/${id}/fields/${fieldId}`,
  allFields: '/api/data-assets/fields',
  import: '/api/data-assets/import',
  confirmImport: '/api/data-assets/import/confirm',
  startImport: '/api/data-assets/import/database',
  databaseImport: (id: string) => `/api/data-assets/import/${id}`,
  cancelImport: (id: string) => `/api/data-assets/import/${id}/cancel`,
  typeData: (id: string) => `/api/action-types/${id}/data`,
};

export function dataAssetsQuery(filters: DataAssetFilters) {
  return infiniteQueryOptions({
    queryKey: classificationKeys.assets(filters),
    queryFn: ({ pageParam }) =>
      api.get<Page<DataAsset>>(classificationPaths.assets, { ...filters, cursor: pageParam }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
}

export function dataAssetQuery(id: string) {
  return queryOptions({
    queryKey: classificationKeys.asset(id),
    queryFn: () => api.get<DataAssetDetail>(classificationPaths.asset(id)),
  });
}

/** An import from a database; asked anew while it runs, should an announcement be missed. */
export function dataImportQuery(id: string) {
  return queryOptions({
    queryKey: classificationKeys.import(id),
    queryFn: () => api.get<DataImport>(classificationPaths.databaseImport(id)),
    refetchInterval: (query) => (query.state.data?.state === 'running' ? 2_000 : false),
  });
}

export function typeDataQuery(id: string) {
  return queryOptions({
    queryKey: classificationKeys.typeData(id),
    queryFn: () => api.get<ActionTypeData>(classificationPaths.typeData(id)),
  });
}

/** Fields by what is typed of their name or their asset's. */
export async function searchFields(q: string): Promise<FieldOfAsset[]> {
  const page = await api.get<Page<FieldOfAsset>>(classificationPaths.allFields, { q, limit: 30 });
  return page.items;
}
