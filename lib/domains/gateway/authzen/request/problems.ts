/** The profile's problem types; a type is a URN of the text, a code as everywhere here. */
import { Problem } from '@/lib/kernel/problem';

const statuses = {
  not_requestable: [400, 'Access is not requestable'],
  expired_denial: [410, 'The denial has expired'],
  invalid_denial_binding: [400, 'The denial is not of this request'],
  duplicate_request: [409, 'Conflict'],
  unknown_task: [404, 'Not found'],
  task_expired: [410, 'The task has expired'],
  invalid_task_state: [409, 'Conflict'],
} as const;
export type RequestProblem = keyof typeof statuses;

export function requestProblem(code: RequestProblem, detail: string): Problem {
  const [status, title] = statuses[code];
  const type = `urn:openid:authzen:access-request:error:${code}`;
  return new Problem({ status, code, title, detail, extra: { type } });
}

export const unbound = (detail: string) => requestProblem('invalid_denial_binding', detail);

export const unknownTask = () =>
  requestProblem('unknown_task', 'There is no such task of this caller. Check its endpoint.');
