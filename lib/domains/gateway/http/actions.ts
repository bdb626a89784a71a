import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { parse } from '@/lib/kernel/verb';
import { answerOf } from '../action';
import type { Gateway } from '../gateway';
import { propose } from '../pipeline';
import { ActionRequest, IdempotencyKey } from '../schema';
import { readBody } from './body';
import { callerOf, noted } from './caller';
import { PROBLEM_TYPE, problemOf } from './problems';

const ROUTE = 'POST /v1/actions';
const Headers = z.object({ 'Idempotency-Key': IdempotencyKey });

/**
 * POST /v1/actions, on node:http itself: it is the one route whose rate matters, and a
 * router with Request and Response objects would take a large part of its time.
 */
export async function postAction(
  gateway: Gateway,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const caller = callerOf(gateway, incoming);
    const row = await noted(gateway, caller, ROUTE, async () => {
      const { 'Idempotency-Key': key } = parse(Headers, {
        'Idempotency-Key': incoming.headers['idempotency-key'],
      });
      const request = await readBody(incoming, ActionRequest);
      return propose(gateway, caller.ctx, caller.token, { key, request, address: caller.address });
    });
    const { status, body } = answerOf(row);
    send(response, status, 'application/json', JSON.stringify(body), {});
  } catch (error) {
    const problem = problemOf(error);
    gateway.metrics.refused(problem.code);
    send(response, problem.status, PROBLEM_TYPE, JSON.stringify(problem), problem.headers ?? {});
  }
}

function send(
  response: ServerResponse,
  status: number,
  type: string,
  text: string,
  more: Record<string, string>,
): void {
  if (response.destroyed) return;
  const length = Buffer.byteLength(text);
  response.writeHead(status, { 'content-type': type, 'content-length': length, ...more });
  response.end(text);
}
