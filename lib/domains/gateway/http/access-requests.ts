/** AuthZEN Access Request and Approval Profile 1.0, draft 1, over HTTP. */
import type { HttpBindings } from '@hono/node-server';
import { type Context as HonoContext, Hono } from 'hono';
import { requestProblem, unknownTask } from '../authzen/request/problems';
import { AccessRequest, Cancellation, type TaskAnswer } from '../authzen/request/schema';
import { submit } from '../authzen/request/submit';
import { cancelTask, readTask } from '../authzen/request/task';
import type { From } from '../authzen/from';
import type { Gateway } from '../gateway';
import { IdempotencyKey } from '../schema';
import { asBadRequest, asCaller, asked, bodyOf } from './authzen-caller';
import { AUTHZEN_PATHS } from './authzen-paths';

interface Env {
  Bindings: HttpBindings;
}
type C = HonoContext<Env>;

/** Seconds to the next look at a task that waits for a person. */
const RETRY_AFTER = '5';
const TASK_ID = /^arq_[\w-]{43}$/;

export function accessRequestRoutes(gateway: Gateway): Hono<Env> {
  const app = new Hono<Env>();
  const { requests } = AUTHZEN_PATHS;

  const route = (c: C, work: (from: From) => Promise<TaskAnswer>) => {
    const id = c.req.header('x-request-id');
    if (id !== undefined) c.header('X-Request-ID', id);
    return asCaller(gateway, c.env.incoming, `${c.req.method} ${c.req.routePath}`, work);
  };

  app.post(requests, async (c) => {
    const answer = await route(c, async (from) => {
      const sent = c.req.header('idempotency-key');
      const key = sent === undefined ? undefined : asked(IdempotencyKey, sent);
      const body = await bodyOf(c.env.incoming);
      const request = readRequest(body);
      return asBadRequest(() => submit(gateway, from, { request, body, key }));
    });
    c.header('Location', answer.task.status_endpoint);
    return told(c, answer, 202);
  });

  app.get(`${requests}/:id`, async (c) =>
    told(c, await route(c, (from) => readTask(gateway, from, known(c.req.param('id')))), 200),
  );

  app.on(['POST', 'DELETE'], `${requests}/:id/cancel`, async (c) => {
    const answer = await route(c, async (from) => {
      const said = asked(Cancellation, await optionalBody(c.env.incoming));
      return cancelTask(gateway, from, known(c.req.param('id')), said);
    });
    return c.json({ task: answer.task });
  });
  return app;
}

/** What lacks a denial altogether is answered as the text says, and not as a missing field. */
function readRequest(body: unknown): AccessRequest {
  const request = asked(AccessRequest, body);
  const items = request.items ?? [request];
  if (items.every((item) => item.denial !== undefined)) return request;
  throw requestProblem(
    'invalid_denial_binding',
    'Send back what each denied evaluation was answered with, as its denial.',
  );
}

function told(c: C, answer: TaskAnswer, status: 200 | 202) {
  if (answer.task.status === 'pending') c.header('Retry-After', RETRY_AFTER);
  return c.json(answer, status);
}

function known(id: string): string {
  if (TASK_ID.test(id)) return id;
  throw unknownTask();
}

async function optionalBody(incoming: HttpBindings['incoming']): Promise<unknown> {
  const { 'content-length': length, 'transfer-encoding': encoding } = incoming.headers;
  if (encoding === undefined && (length === undefined || length === '0')) return {};
  return bodyOf(incoming);
}
