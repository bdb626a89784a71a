/** AuthZEN Authorization API 1.0 over HTTP. */
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import type { z } from 'zod';
import { evaluateMany, evaluateOne } from '../authzen/evaluate';
import type { From } from '../authzen/from';
import {
  ActionSearch,
  Evaluation,
  Evaluations,
  type Metadata,
  ResourceSearch,
  SubjectSearch,
} from '../authzen/schema';
import { searchActions, searchResources, searchSubjects } from '../authzen/search';
import type { Gateway } from '../gateway';
import { accessRequestRoutes } from './access-requests';
import { asCaller, asked, bodyOf } from './authzen-caller';
import { AUTHZEN_PATHS } from './authzen-paths';

interface Env {
  Bindings: HttpBindings;
}

export function authzenRoutes(gateway: Gateway): Hono<Env> {
  const app = new Hono<Env>();
  const { issuer } = gateway;

  app.get('/.well-known/authzen-configuration', (c) => {
    const at = (path: string) => `${issuer}${path}`;
    return c.json({
      policy_decision_point: issuer,
      access_evaluation_endpoint: at(AUTHZEN_PATHS.evaluation),
      access_evaluations_endpoint: at(AUTHZEN_PATHS.evaluations),
      search_subject_endpoint: at(AUTHZEN_PATHS.subject),
      search_resource_endpoint: at(AUTHZEN_PATHS.resource),
      search_action_endpoint: at(AUTHZEN_PATHS.action),
      access_request_endpoint: at(AUTHZEN_PATHS.requests),
      jwks_uri: at('/.well-known/jwks.json'),
      capabilities: ['urn:openid:authzen:capability:access-request'],
    } satisfies z.output<typeof Metadata>);
  });

  const route = (
    path: string,
    answer: (from: From, body: unknown) => Promise<Record<string, unknown>>,
  ) =>
    app.post(path, async (c) => {
      const id = c.req.header('x-request-id');
      // Whatever is answered, a refusal as well, says which request it is of.
      if (id !== undefined) c.header('X-Request-ID', id);
      const { incoming } = c.env;
      return c.json(
        await asCaller(gateway, incoming, `POST ${path}`, async (from) =>
          answer(from, await bodyOf(incoming)),
        ),
      );
    });

  route(AUTHZEN_PATHS.evaluation, async (from, body) =>
    evaluateOne(gateway, from, asked(Evaluation, body)),
  );
  route(AUTHZEN_PATHS.evaluations, async (from, body) => {
    if (isSingle(body)) return evaluateOne(gateway, from, asked(Evaluation, body));
    return { evaluations: await evaluateMany(gateway, from, asked(Evaluations, body)) };
  });
  route(AUTHZEN_PATHS.subject, async (from, body) => ({
    ...(await searchSubjects(gateway, from, asked(SubjectSearch, body))),
  }));
  route(AUTHZEN_PATHS.resource, async (from, body) => ({
    ...(await searchResources(gateway, from, asked(ResourceSearch, body))),
  }));
  route(AUTHZEN_PATHS.action, async (from, body) => ({
    ...(await searchActions(gateway, from, asked(ActionSearch, body))),
  }));
  app.route('/', accessRequestRoutes(gateway));
  return app;
}

/** Without evaluations, or with none, it is as a single one. */
function isSingle(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || !('evaluations' in body)) return true;
  return Array.isArray(body.evaluations) && body.evaluations.length === 0;
}
