/** The console's API, as a command calls it. */
import { z } from 'zod';
import { commandEnv } from '@/lib/infra/command-env';
import { problemWords } from '../errors';
import { FileProblem } from '../schema';

const ProblemBody = z.object({
  code: z.string().default(''),
  detail: z.string().default(''),
  problems: z.array(FileProblem).default([]),
});

/** The answer to a GET, or to a POST of `body`. Throws an Error whose message is for people. */
export async function callConsole<T>(
  schema: z.ZodType<T>,
  route: string,
  body?: unknown,
): Promise<T> {
  const { url, token } = commandEnv();
  if (token === undefined) {
    throw new Error('Set COUNTERSIGN_TOKEN to a personal access token (Settings → Access tokens).');
  }
  let response: Response;
  try {
    response = await fetch(new URL(route, url), {
      method: body === undefined ? 'GET' : 'POST',
      // Where the token is sent is decided here alone.
      redirect: 'error',
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new Error(`No console answers at ${url}. Set COUNTERSIGN_URL to its address.`);
  }
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) {
    const parsed = schema.safeParse(answer);
    if (parsed.success) return parsed.data;
    throw new Error(`What answers at ${url} is no console of this version.`);
  }
  const problem = ProblemBody.safeParse(answer);
  if (!problem.success) throw new Error(`${url} answered ${response.status}.`);
  const { problems, detail } = problem.data;
  const lines = problems.map(problemWords);
  throw new Error(
    lines.length > 0 ? lines.join('\n') : detail || `${url} answered ${response.status}.`,
  );
}
