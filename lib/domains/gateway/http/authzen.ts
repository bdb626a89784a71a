/** AuthZEN Authorization API 1.0 over HTTP. */
import type { HttpBindings } from '@hono/node-server';
import { type Context as HonoContext, Hono } from 'hono';
import type { z } from 'zod';
import { member, snapshotOfMember } from '../authzen/caller';
import { evaluateMany, evaluateOne, type From } from '../authzen/evaluate';
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
import { Problem } from '@/lib/kernel/problem';
import { parse } from '@/lib/kernel/verb';
import { AUTHZEN_PATHS } from './authzen-paths';
import { readJson } from './body';
import { assertStanding, callerOf, notedFor } from './caller';

interface Env {
  Bindings: HttpBindings;
}
type C = HonoContext<Env>;

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
      return c.json(await asCaller(gateway, c, path, answer));
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
  return app;
}

/** Without evaluations, or with none, it is as a single one. */
function isSingle(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || !('evaluations' in body)) return true;
  return Array.isArray(body.evaluations) && body.evaluations.length === 0;
}

/** Who asks: a member's token with the scope for it, or an agent; either decides the workspace. */
async function asCaller(
  gateway: Gateway,
  c: C,
  path: string,
  answer: (from: From, body: unknown) => Promise<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const { incoming } = c.env;
  const route = `POST ${path}`;
  const holder = await member(gateway, incoming.headers.authorization);
  if (holder) {
    return notedFor(gateway, holder.ctx, route, async () => {
      const snapshot = await snapshotOfMember(gateway, holder);
      gateway.backlog.assertNotBehind();
      const from = { ctx: holder.ctx, snapshot, sees: () => true };
      return answer(from, await bodyOf(incoming));
    });
  }
  const caller = callerOf(gateway, incoming);
  return notedFor(gateway, caller.ctx, route, async () => {
    const snapshot = await assertStanding(gateway, caller);
    gateway.backlog.assertNotBehind();
    const sees = (agent: string) => agent === caller.token.agentId;
    return answer({ ctx: caller.ctx, snapshot, sees }, await bodyOf(incoming));
  });
}

/** AuthZEN has 400 for every request that is not well formed. */
async function bodyOf(incoming: HttpBindings['incoming']): Promise<unknown> {
  return asBadRequest(() => readJson(incoming));
}

function asked<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  try {
    return parse(schema, body);
  } catch (error) {
    throw badRequest(error);
  }
}

async function asBadRequest<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw badRequest(error);
  }
}

function badRequest(error: unknown): unknown {
  if (!(error instanceof Problem) || (error.status !== 415 && error.status !== 422)) return error;
  return new Problem({
    status: 400,
    code: error.code,
    title: 'Bad request',
    detail: error.message,
    ...(error.errors ? { errors: error.errors } : {}),
  });
}
