import type { z } from 'zod';

/** The first message of each field, as a problem's `errors` name them: `needs.0.count`. */
export function faultsByField(error: z.ZodError): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const issue of error.issues) fields[issue.path.join('.')] ??= wordsOf(issue);
  return fields;
}

function wordsOf(issue: z.core.$ZodIssue): string {
  const number = issue.code === 'invalid_type' && ['number', 'int'].includes(issue.expected);
  return number ? 'must be a number' : issue.message;
}
