import { z } from 'zod';
import type { Api, Endpoint } from './api';

type Schema = Record<string, unknown>;

const problem = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'Stable; branch on it.' },
    detail: { type: 'string', description: 'One sentence that names the next step.' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['field', 'message'],
        properties: { field: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
};

/** OpenAPI 3.1 of the console's API, generated from the operations' own schemas. */
export function openApiDocument(apis: readonly Api[], server?: string): Schema {
  const paths: Record<string, Record<string, Schema>> = {};
  for (const { name, endpoints } of apis) {
    for (const endpoint of endpoints) {
      const path = (paths[endpoint.path] ??= {});
      path[endpoint.method.toLowerCase()] = operation(name, endpoint);
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Countersign console API',
      version: '1',
      description: 'Everything that the console does, open to scripts by personal access tokens.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    ...(server === undefined ? {} : { servers: [{ url: server }] }),
    security: [{ accessToken: [] }, { session: [] }],
    paths,
    components: {
      schemas: { Problem: problem },
      responses: {
        Problem: {
          description: 'What went wrong (RFC 9457)',
          content: { 'application/problem+json': { schema: ref('schemas/Problem') } },
        },
      },
      securitySchemes: {
        accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'cst_pat_…' },
        session: { type: 'apiKey', in: 'cookie', name: 'next-auth.session-token' },
      },
    },
  };
}

function ref(path: string): Schema {
  return { $ref: `#/components/${path}` };
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Schema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}

function operation(tag: string, endpoint: Endpoint): Schema {
  const input = jsonSchema(endpoint.operation.input, 'input');
  const properties = (input['properties'] ?? {}) as Record<string, Schema>;
  const required = (input['required'] ?? []) as string[];
  const inPath = [...endpoint.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const rest = Object.keys(properties).filter((name) => !inPath.includes(name));
  const isGet = endpoint.method === 'GET';
  const parameter = (name: string, place: 'path' | 'query' | 'header') => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: properties[name] ?? { type: 'string' },
  });
  const parameters = [
    ...inPath.map((name) => parameter(name, 'path')),
    ...(isGet
      ? rest.map((name) => parameter(name, endpoint.headers.includes(name) ? 'header' : 'query'))
      : []),
  ];
  return {
    tags: [tag],
    summary: endpoint.summary,
    operationId: endpoint.operation.operation,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(isGet || rest.length === 0 ? {} : { requestBody: body(input, rest, required) }),
    responses: {
      [endpoint.status]: {
        description: 'Done',
        content: {
          'application/json': { schema: jsonSchema(endpoint.operation.output, 'output') },
        },
      },
      default: ref('responses/Problem'),
    },
  };
}

function body(input: Schema, names: readonly string[], required: readonly string[]): Schema {
  const properties = input['properties'] as Record<string, Schema>;
  const needed = names.filter((name) => required.includes(name));
  return {
    required: needed.length > 0,
    content: {
      'application/json': {
        schema: {
          ...input,
          properties: Object.fromEntries(names.map((name) => [name, properties[name]])),
          required: needed,
        },
      },
    },
  };
}
