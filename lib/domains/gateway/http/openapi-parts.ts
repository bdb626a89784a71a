/** Pieces that the gateway's OpenAPI document is put together from. */
import { z } from 'zod';

export type Json = Record<string, unknown>;

export const schema = (type: z.ZodType, io: 'input' | 'output' = 'output'): Json => {
  const { $schema: _, ...rest } = z.toJSONSchema(type, { io, unrepresentable: 'any' });
  return rest;
};
export const content = (ref: string, media = 'application/json') => ({
  content: { [media]: { schema: { $ref: `#/components/schemas/${ref}` } } },
});
export const answers = (good: Json, ...problems: number[]): Json => ({
  ...good,
  ...Object.fromEntries(problems.map((status) => [status, problemAt(status)])),
});
export const problemAt = (status: number, ref = 'Problem'): Json => ({
  description: titles[status] ?? 'Problem',
  ...content(ref, 'application/problem+json'),
});
const titles: Record<number, string> = {
  400: 'Not JSON, or not well formed',
  401: 'No valid access token',
  403: 'Denied; see reasons',
  404: 'Not found',
  409: 'Conflict with an earlier request or state',
  410: 'Past its time',
  413: 'Larger than 1 MB',
  415: 'Not application/json',
  422: 'Invalid; every wrong field is named',
  429: 'A rate is exhausted; see Retry-After',
  502: 'The action failed, or its outcome is unknown',
  503: 'Cannot decide or record now; see Retry-After',
};
