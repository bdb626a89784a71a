import { z } from 'zod';
import type { Api, Endpoint } from './api';

type Schema = Record<string, unknown>;

/** A route that is no operation's: a stream, or one that precedes signing in. */
export interface OtherRoute extends Pick<Endpoint, 'method' | 'path' | 'summary' | 'status'> {
  operationId: string;
  input?: z.ZodType;
  output?: z.ZodType;
  media?: readonly string[];
  /** Whether anybody may ask. */
  open: boolean;
}

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
export function openApiDocument(
  apis: readonly Api[],
  server?: string,
  others: readonly OtherRoute[] = [],
): Schema {
  const paths: Record<string, Record<string, Schema>> = {};
  const describe = (tag: string, route: Described) => {
    const path = (paths[route.path] ??= {});
    path[route.method.toLowerCase()] = operation(tag, route);
  };
  for (const { name, endpoints } of apis) {
    for (const endpoint of endpoints) describe(name, { ...endpoint, ...described(endpoint) });
  }
  for (const route of others) describe(route.path.split('/')[2] ?? '', { headers: [], ...route });
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

type Described = OtherRoute & Pick<Endpoint, 'headers'>;

function described({ operation: { operation, input, output } }: Endpoint) {
  return { operationId: operation, input, output, open: false };
}

function operation(tag: string, route: Described): Schema {
  const input = jsonSchema(route.input ?? z.object({}), 'input');
  const properties = (input['properties'] ?? {}) as Record<string, Schema>;
  const required = (input['required'] ?? []) as string[];
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const rest = Object.keys(properties).filter((name) => !inPath.includes(name));
  const isGet = route.method === 'GET';
  const parameter = (name: string, place: 'path' | 'query' | 'header') => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: properties[name] ?? { type: 'string' },
  });
  const parameters = [
    ...inPath.map((name) => parameter(name, 'path')),
    ...(isGet
      ? rest.map((name) => parameter(name, route.headers.includes(name) ? 'header' : 'query'))
      : []),
  ];
  return {
    tags: [tag],
    summary: route.summary,
    operationId: route.operationId,
    ...(route.open ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(isGet ? {} : requestBody(input, rest, required)),
    responses: {
      [route.status]: { description: 'Done', content: answerContent(route) },
      default: ref('responses/Problem'),
    },
  };
}

function answerContent({ media, output }: Described): Schema {
  if (media) return Object.fromEntries(media.map((type) => [type.split(';')[0], {}]));
  return { 'application/json': { schema: jsonSchema(output ?? z.unknown(), 'output') } };
}

function requestBody(input: Schema, rest: readonly string[], required: readonly string[]): Schema {
  // Several forms of which one is sent have no members of their own.
  const oneOfSeveral = 'oneOf' in input || 'anyOf' in input;
  if (oneOfSeveral) {
    return { requestBody: { required: true, content: { 'application/json': { schema: input } } } };
  }
  return rest.length === 0 ? {} : { requestBody: body(input, rest, required) };
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
