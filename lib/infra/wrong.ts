import type { z } from 'zod';

type Issue = z.core.$ZodRawIssue;

const TYPES: Record<string, string> = {
  string: 'must be text',
  number: 'must be a number',
  int: 'must be a whole number',
  boolean: 'must be true or false',
  array: 'must be a list',
  object: 'must be an object',
  record: 'must be an object',
  null: 'must be null',
};

const FORMATS: Record<string, string> = {
  email: 'must be an email address',
  url: 'must be a URL',
  uuid: 'must be a UUID',
  date: 'must be a date, as in 2026-11-21',
  datetime: 'must be an instant, as in 2026-11-21T08:00:00Z',
};

/**
 * What is wrong with a field, for people, where its schema does not say it itself: which value
 * would do. Undefined leaves it to zod.
 */
export function inWords(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is required' : TYPES[issue.expected];
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`;
    case 'invalid_format':
      return FORMATS[issue.format];
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'too_big':
      return bound(issue.origin, issue.inclusive ? 'at most' : 'less than', issue.maximum);
    case 'too_small':
      if (issue.origin !== 'number' && issue.minimum === 1) return 'must not be empty';
      return bound(issue.origin, issue.inclusive ? 'at least' : 'more than', issue.minimum);
    case 'invalid_union':
      return unionOf(issue);
    default:
      return undefined;
  }
}

const COUNTED: Record<string, string> = { string: 'character', array: 'item' };

function bound(origin: string, how: string, limit: number | bigint): string {
  const unit = COUNTED[origin];
  if (unit === undefined) return `must be ${how} ${limit}`;
  return `must have ${how} ${limit} ${unit}${Number(limit) === 1 ? '' : 's'}`;
}

function unionOf(issue: Extract<Issue, { code: 'invalid_union' }>): string {
  if (issue.input === undefined) return 'is required';
  const { options } = issue;
  return Array.isArray(options)
    ? `must be one of ${options.map(String).join(', ')}`
    : 'has none of the forms that the API description names';
}
