/** The console's OpenAPI document has every route, what each takes and what each gives. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { openApiDocument } from '@/lib/http/openapi';
import { apis } from './apis';
import { others } from './others';
import { routes } from './test/requests';

interface Described {
  security?: unknown[];
  requestBody?: { required: boolean; content: Record<string, { schema: Record<string, unknown> }> };
  responses: Record<string, { content: Record<string, object> }>;
}
const document = openApiDocument(apis, 'http://console', others);
const paths = document['paths'] as Record<string, Record<string, Described>>;

const described = ({ method, path: at }: { method: string; path: string }) =>
  paths[at]?.[method.toLowerCase()];

it('has every folder that serves something, but for next-auth’s own', () => {
  const here = import.meta.dirname;
  const folders = readdirSync(here, { recursive: true, encoding: 'utf8' })
    .filter((file) => path.basename(file) === 'route.ts')
    .map((file) => path.dirname(file).replace(/\/?\[\[?\.\.\..*$/, ''))
    .filter((folder) => folder !== '' && folder !== 'auth');
  for (const folder of folders) {
    const begins = Object.keys(paths).some((at) => `${at}/`.startsWith(`/api/${folder}/`));
    expect([folder, begins]).toEqual([folder, true]);
  }
});

it('says what body a route takes, also where it is one of several', () => {
  for (const { endpoint } of routes) {
    const { requestBody } = described(endpoint) ?? {};
    const schema = JSON.stringify(requestBody?.content['application/json']?.schema ?? {});
    const places = [...endpoint.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    const shape = 'shape' in endpoint.operation.input ? endpoint.operation.input.shape : { any: 1 };
    const fields = Object.keys(shape as object).filter((field) => !places.includes(field));
    const takes = endpoint.method !== 'GET' && fields.length > 0;
    expect([endpoint.path, requestBody !== undefined]).toEqual([endpoint.path, takes]);
    if (takes && !fields.includes('any')) {
      for (const field of fields) expect(schema).toContain(`"${field}"`);
    }
  }
  const { requestBody } = described({ method: 'POST', path: '/api/credentials' }) ?? {};
  expect(requestBody).toMatchObject({
    required: true,
    content: { 'application/json': { schema: { oneOf: expect.any(Array) } } },
  });
});

it('says which media types come back where it is no JSON', () => {
  const media = (at: string) =>
    Object.keys(paths[at]?.['get']?.responses['200']?.content ?? {}).toSorted();
  const files = ['application/vnd.apache.parquet', 'application/x-ndjson', 'text/csv'];
  expect(media('/api/trail/export')).toEqual(files);
  expect(media('/api/trail/exports/{id}/file')).toEqual(files);
  expect(media('/api/campaigns/{id}/evidence')).toEqual(['application/json', 'text/csv']);
  expect(media('/api/live')).toEqual(['text/event-stream']);
});

it('says which routes need nobody signed in', () => {
  const open = Object.values(paths).flatMap((each) =>
    Object.values(each).filter(({ security }) => security?.length === 0),
  );
  expect(open).toHaveLength(others.filter((route) => route.open).length);
  expect(JSON.parse(JSON.stringify(document))).toEqual(document);
});
