import { findUnstorable } from '@/lib/kernel/storable';
import type { Outcome } from '../state';
import type { ToolAnswer } from './client';

export interface ActionError {
  code: string;
  message: string;
  /** The tool's HTTP status. */
  status?: number;
}

/** How an action ended. */
export interface Ended {
  outcome: Outcome;
  result?: unknown;
  error?: ActionError;
  status?: number;
  durationMs: number;
}

/** What of an action says how its tool's answer is read. */
export interface Reading {
  /** Whether it has no other effect. */
  readOnly: boolean;
  /** What the tool was sent to sign in, which no result may have. */
  credential: string | undefined;
  /** Whether fields of its result are handled by their classification. */
  handled: boolean;
}

/**
 * What an answer of the tool means. An action that only reads and has no good answer has
 * failed. One that writes has failed only if the tool said so or was never reached;
 * otherwise it may have happened, and its outcome is unknown until a person finds out.
 */
export function outcomeOf(answer: ToolAnswer, reading: Reading): Ended {
  const { status } = answer;
  const { readOnly } = reading;
  const doubtful = readOnly || !answer.sent ? 'failed' : 'unknown';
  if (status !== undefined && status >= 200 && status < 300) {
    if (answer.failure === undefined)
      return { ...ended(answer, 'succeeded'), ...readBody(answer, reading) };
    if (answer.failure === 'too_large') {
      return ended(
        answer,
        readOnly ? 'failed' : 'succeeded',
        'tool_answer_too_large',
        'The tool answered with more than 1 MB, which was not read.',
      );
    }
  }
  if (status === undefined || (status < 300 && answer.failure !== undefined)) {
    switch (answer.failure) {
      case 'unreachable':
        return ended(
          answer,
          'failed',
          'tool_unreachable',
          'The tool could not be reached and nothing was sent.',
        );
      case 'timeout':
        return ended(answer, doubtful, 'tool_timeout', 'The tool did not answer in time.');
      default:
        return ended(
          answer,
          doubtful,
          'tool_connection_lost',
          'The connection to the tool broke before its answer was whole.',
        );
    }
  }
  const { result } = readBody(answer, reading);
  const outcome = readOnly || saysNotDone(answer, status) ? 'failed' : 'unknown';
  const error =
    status < 400
      ? ended(
          answer,
          outcome,
          'tool_redirected',
          'The tool answered with a redirect, which is not followed.',
        )
      : ended(answer, outcome, 'tool_error', `The tool answered with status ${status}.`);
  return result === undefined || result === '' ? error : { ...error, result };
}

/**
 * Whether an answer other than 2xx says that nothing was done (RFC 9110 §15.4 to 15.6). After a
 * POST, 303 points to what it has made, and so do 301 and 302 in use; only 307 and 308 ask for
 * the same request elsewhere. 503 may be of a proxy that lost the tool on the way, unless it
 * says when to come again.
 */
function saysNotDone({ retryAfter }: ToolAnswer, status: number): boolean {
  if (status < 400) return status === 307 || status === 308;
  return status < 500 || status === 501 || (status === 503 && retryAfter);
}

function ended(answer: ToolAnswer, outcome: Outcome, code?: string, message?: string): Ended {
  const { status, durationMs } = answer;
  const known = status === undefined ? {} : { status };
  const error = code && message ? { error: { code, message, ...known } } : {};
  return { outcome, durationMs, ...known, ...error };
}

const REDACTED = '[redacted]';

/** For JSON.parse: takes a text out of every string and name. */
function without(credential: string): (name: string, value: unknown) => unknown {
  const clean = (text: string) => text.replaceAll(credential, REDACTED);
  return (_, value) => {
    if (typeof value === 'string') return clean(value);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const members = Object.entries(value);
    if (!members.some(([name]) => name.includes(credential))) return value;
    return Object.fromEntries(members.map(([name, member]) => [clean(name), member]));
  };
}

/**
 * The body as JSON if it is, without the credential should the tool have echoed it. What cannot
 * be looked through for either is left out.
 */
function readBody({ text, json }: ToolAnswer, reading: Reading): { result?: unknown } {
  if (text === '') return {};
  const { credential } = reading;
  const safe = credential ? text.replaceAll(credential, REDACTED) : text;
  // Escaped it is another text, and the same once it has been read.
  const reviver = credential && safe.includes('\\') ? without(credential) : undefined;
  let result: unknown;
  try {
    result = JSON.parse(safe, reviver);
  } catch (error) {
    if (error instanceof RangeError) return omitted('the answer is nested too deeply');
    if (json && (reading.handled || reviver))
      return omitted('the answer says it is JSON and is not');
    result = safe;
  }
  const found = findUnstorable(result);
  return found ? omitted(`${found.field || 'the answer'} ${found.message}`) : { result };
}

function omitted(why: string): { result: { omitted: string } } {
  return { result: { omitted: why } };
}
