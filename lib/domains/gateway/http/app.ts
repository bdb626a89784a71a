import type { HttpBindings } from '@hono/node-server';
import { type Context as HonoContext, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { z } from 'zod';
import { type AccessToken, oauthRoutes, verifyAccessToken } from '@/lib/domains/identity/server';
import { logger } from '@/lib/infra/logger';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { idSchema, newId } from '@/lib/kernel/ids';
import { notFound, Problem, unauthenticated } from '@/lib/kernel/problem';
import { parse } from '@/lib/kernel/verb';
import { answerOf, viewOf } from '../action';
import { cancelAction } from '../cancel';
import type { Gateway } from '../gateway';
import { propose } from '../pipeline';
import { authenticate } from '../pipeline/authenticate';
import { ActionRequest, IdempotencyKey, SessionRequest, WaitQuery } from '../schema';
import { waitForChange } from '../wait';
import { readBody } from './body';
import { health } from './health';
import { openapi } from './openapi';

interface Env {
  Bindings: HttpBindings;
}
type C = HonoContext<Env>;

interface Caller {
  ctx: Context;
  token: AccessToken;
}

/** Every route of the gateway. */
export function gatewayApp(gateway: Gateway): Hono<Env> {
  const app = new Hono<Env>();
  const { pool, issuer, sessions, snapshots, refusals, metrics } = gateway;

  /** Whom a valid access token speaks for. Throws 401. */
  const callerOf = (c: C): Caller => {
    const bearer = /^Bearer +(\S+)$/i.exec(c.env.incoming.headers.authorization ?? '')?.[1];
    if (bearer === undefined)
      throw withChallenge(unauthenticated('Send an access token: Authorization: Bearer ….'));
    const token = verifyAccessToken(bearer, issuer);
    const actor = { type: 'agent' as const, id: token.agentId };
    return { token, ctx: { workspace: token.workspace, actor, requestId: newId('req') } };
  };

  /** Does `work` for a caller; a refusal of it is an event. */
  const noted = async <T>(c: C, { ctx }: Caller, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Problem && error.status < 500) {
        await refusals.note(ctx, `${c.req.method} ${c.req.routePath}`, error);
      }
      throw error;
    }
  };

  /** As `noted`, for an agent that the snapshot knows to be active. */
  const asAgent = <T>(c: C, work: (caller: Caller) => Promise<T>): Promise<T> => {
    const caller = callerOf(c);
    return noted(c, caller, async () => {
      authenticate(await snapshots.get(caller.ctx.workspace), caller.token, clock.now().getTime());
      return work(caller);
    });
  };

  app.onError((error, c) => {
    const problem = error instanceof Problem ? error : internal(error);
    metrics.refused(problem.code);
    const headers = { 'content-type': 'application/problem+json', ...problem.headers };
    return c.body(JSON.stringify(problem), problem.status as ContentfulStatusCode, headers);
  });
  app.notFound((c) =>
    c.json(notFound('route').toJSON(), 404, { 'content-type': 'application/problem+json' }),
  );

  app.post('/v1/actions', async (c) => {
    const caller = callerOf(c);
    const row = await noted(c, caller, async () => {
      const { headers } = c.env.incoming;
      const key = parse(idempotencyHeader, { 'Idempotency-Key': headers['idempotency-key'] })[
        'Idempotency-Key'
      ];
      const request = await readBody(c.env.incoming, ActionRequest);
      return propose(gateway, caller.ctx, caller.token, key, request);
    });
    const { status, body } = answerOf(row);
    return c.json(body, status);
  });

  app.post('/v1/sessions', (c) =>
    asAgent(c, async ({ ctx, token }) => {
      gateway.backlog.assertNotBehind();
      const request = await readBody(c.env.incoming, SessionRequest);
      const session = await sessions.start(ctx, token.agentId, request);
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
    asAgent(c, async ({ ctx, token }) => {
      const { wait } = parse(WaitQuery, c.req.query());
      const id = known('act', c.req.param('id'));
      return c.json(
        viewOf(await waitForChange(gateway, ctx.workspace, token.agentId, id, wait * 1_000)),
      );
    }),
  );

  app.post('/v1/actions/:id/cancel', (c) =>
    asAgent(c, async ({ ctx, token }) => {
      const id = known('act', c.req.param('id'));
      return c.json(viewOf(await cancelAction(pool, ctx, token.agentId, id)));
    }),
  );

  app.get('/openapi.json', (c) => c.json(openapi(issuer)));
  app.route('/', health(gateway));
  app.route('/', oauthRoutes({ pool, issuer }) as unknown as Hono<Env>);
  return app;
}

const idempotencyHeader = z.object({ 'Idempotency-Key': IdempotencyKey });

/** An id of this form, or 404: what is none exists nowhere. */
function known(prefix: 'ses' | 'act', id: string): string {
  if (!idSchema(prefix).safeParse(id).success)
    throw notFound(prefix === 'ses' ? 'session' : 'action');
  return id;
}

function withChallenge(problem: Problem): Problem {
  return new Problem({
    status: problem.status,
    code: problem.code,
    title: problem.title,
    detail: problem.message,
    headers: { 'WWW-Authenticate': 'Bearer' },
  });
}

function internal(error: unknown): Problem {
  const lost =
    error instanceof Error && /database|connect|ECONN|terminat|timeout/i.test(error.message);
  logger.error({ err: error }, 'request failed');
  return new Problem({
    status: lost ? 503 : 500,
    code: lost ? 'database_unavailable' : 'internal',
    title: lost ? 'Unavailable' : 'Internal error',
    detail: lost
      ? 'The database cannot be reached, so nothing was done. Try again shortly.'
      : 'Something went wrong here. Try again; if it stays, tell the operator.',
    ...(lost ? { headers: { 'Retry-After': '1' } } : {}),
    cause: error,
  });
}
