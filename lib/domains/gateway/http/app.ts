import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context as HonoContext, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { oauthRoutes } from '@/lib/domains/identity/server';
import { trailRoutes } from '@/lib/domains/trail/server';
import { idSchema } from '@/lib/kernel/ids';
import { notFound, Problem } from '@/lib/kernel/problem';
import { parse } from '@/lib/kernel/verb';
import { viewOf } from '../action';
import { answerQuestion } from '../answer';
import { cancelAction } from '../cancel';
import type { Gateway } from '../gateway';
import { AnswerRequest, SessionRequest, WaitQuery } from '../schema';
import type { Snapshot } from '../snapshot/snapshot';
import { waitForChange } from '../wait';
import { postAction } from './actions';
import { authzenRoutes } from './authzen';
import { readBody } from './body';
import { assertStanding, type Caller, callerOf, noted } from './caller';
import { health } from './health';
import { openapi } from './openapi';
import { PROBLEM_TYPE, problemOf } from './problems';

interface Env {
  Bindings: HttpBindings;
}
type C = HonoContext<Env>;

/** Every route of the gateway; POST /v1/actions comes here only in another spelling, as with a query. */
export function gatewayApp(gateway: Gateway): Hono<Env> {
  const app = new Hono<Env>();
  const { pool, issuer, sessions, metrics } = gateway;

  const asAgent = <T>(
    c: C,
    work: (caller: Caller, snapshot: Snapshot) => Promise<T>,
  ): Promise<T> => {
    const caller = callerOf(gateway, c.env.incoming);
    return noted(gateway, caller, `${c.req.method} ${c.req.routePath}`, async () => {
      return work(caller, await assertStanding(gateway, caller));
    });
  };

  app.onError((error, c) => {
    const problem = problemOf(error);
    metrics.refused(problem.code);
    const headers = { 'content-type': PROBLEM_TYPE, ...problem.headers };
    return c.body(JSON.stringify(problem), problem.status as ContentfulStatusCode, headers);
  });
  app.notFound((c) => {
    const methods = methodsAt(app, c.req.path);
    if (methods.length === 0) throw noRoute();
    if (c.req.method === 'OPTIONS') return c.body(null, 204, { Allow: methods.join(', ') });
    throw notAllowed(methods);
  });

  app.post('/v1/actions', async (c) => {
    await postAction(gateway, c.env.incoming, c.env.outgoing);
    return RESPONSE_ALREADY_SENT;
  });

  app.post('/v1/sessions', (c) =>
    asAgent(c, async ({ ctx, token }, snapshot) => {
      gateway.backlog.assertNotBehind(ctx.workspace);
      const request = await readBody(c.env.incoming, SessionRequest);
      const session = await sessions.start(ctx, token.agentId, request, snapshot);
      const expires = new Date(session.expiresAt).toISOString();
      return c.json({ id: session.id, canary: session.canary, expires_at: expires }, 201);
    }),
  );

  app.delete('/v1/sessions/:id', (c) =>
    asAgent(c, async ({ ctx, token }) => {
      await sessions.end(ctx, token.agentId, known('ses', c.req.param('id')));
      return c.body(null, 204);
    }),
  );

  app.get('/v1/actions/:id', (c) =>
    asAgent(c, async (caller) => {
      const { ctx, token } = caller;
      const { wait } = parse(WaitQuery, c.req.query());
      const id = known('act', c.req.param('id'));
      const ms = wait * 1_000;
      const row = await waitForChange(gateway, ctx.workspace, token.agentId, id, ms);
      // Who was let in a minute ago may not be any more.
      if (ms > 0) await assertStanding(gateway, caller);
      return c.json(viewOf(row));
    }),
  );

  app.post('/v1/actions/:id/cancel', (c) =>
    asAgent(c, async ({ ctx, token }) => {
      const id = known('act', c.req.param('id'));
      return c.json(viewOf(await cancelAction(pool, ctx, token.agentId, id)));
    }),
  );

  app.post('/v1/actions/:id/answer', (c) =>
    asAgent(c, async ({ ctx, token }) => {
      const id = known('act', c.req.param('id'));
      const request = await readBody(c.env.incoming, AnswerRequest);
      return c.json(viewOf(await answerQuestion(pool, ctx, token.agentId, id, request)));
    }),
  );

  app.get('/openapi.json', (c) => c.json(openapi(issuer)));
  app.route('/', authzenRoutes(gateway));
  app.route('/', health(gateway));
  app.route('/', oauthRoutes({ pool, issuer }));
  app.route('/', trailRoutes({ pool }));
  return app;
}

/** What a path answers; none where there is no such path. */
function methodsAt({ router }: Hono<Env>, path: string): string[] {
  const has = (method: string) => router.match(method, path)[0].length > 0;
  const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter(has);
  if (methods.length === 0) return [];
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'];
}

function notAllowed(methods: readonly string[]): Problem {
  const allow = methods.join(', ');
  return new Problem({
    status: 405,
    code: 'method_not_allowed',
    title: 'Method not allowed',
    detail: `This route answers ${allow}.`,
    headers: { Allow: allow },
  });
}

/** An id of this form, or 404: what is none exists nowhere. */
function known(prefix: 'ses' | 'act', id: string): string {
  if (idSchema(prefix).safeParse(id).success) return id;
  throw notFound(prefix === 'ses' ? 'session' : 'action');
}

function noRoute(): Problem {
  return new Problem({
    status: 404,
    code: 'not_found',
    title: 'Not found',
    detail: 'There is no such route. GET /openapi.json lists what there is.',
  });
}
