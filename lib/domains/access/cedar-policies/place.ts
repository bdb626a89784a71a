/** Where in a text something is wrong, as a person counts: from line 1 and column 1. */
import type * as Cedar from '@/lib/infra/cedar';

export interface TextProblem {
  line: number;
  column: number;
  message: string;
}

/** Cedar counts in bytes of UTF-8. */
export function problemAt(text: string, error: Cedar.DetailedError): TextProblem {
  const [at] = error.sourceLocations ?? [];
  const before = Buffer.from(text)
    .subarray(0, at?.start ?? 0)
    .toString('utf8');
  const lines = before.split('\n');
  const hint = error.help ?? at?.label;
  return {
    line: lines.length,
    column: (lines.at(-1) ?? '').length + 1,
    message: hint ? `${error.message} (${hint})` : error.message,
  };
}
