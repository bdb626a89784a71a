import { expect, it } from 'vitest';
import { ApiProblem } from '@/lib/http/fetcher';
import { atFormFields, refusalOf } from './form-edit';

const permission = {
  ...{ do: 'set_permission', role: 'refunds', action: 'refunds.create' },
  ...{ tier: 3, ladder: null, condition: [], limits: {} },
};

it('finds what would be refused, at the fields that the form has', () => {
  expect(refusalOf(permission)).toBeNull();
  const limits = { perMinute: 'many', perHour: 0 };
  const fields = refusalOf({ ...permission, limits })?.errors.map(({ field }) => field);
  expect(fields).toEqual(['limits.perMinute', 'limits.perHour']);
  const ladder = { parameter: 'amount', autonomous: 9, supervised: 5, gated: 10 };
  expect(refusalOf({ ...permission, tier: null, ladder })?.field('ladder.supervised')).toBe(
    'must not be below the autonomous threshold',
  );
  const policy = { do: 'set_cedar_policy', name: 'No such name', text: '' };
  expect(refusalOf(policy)?.field('name')).toMatch(/^use 2 to 63/);
  expect(refusalOf(policy)?.field('text')).toBe('write a policy');
});

it('puts what the route said at those fields as well', () => {
  const errors = [{ field: 'edit.text', message: 'is not valid' }];
  const told = atFormFields(
    new ApiProblem(422, 'invalid_input', 'edit.text: is not valid', errors),
  );
  expect(told).toMatchObject({
    ...{ status: 422, code: 'invalid_input', message: 'text: is not valid' },
    errors: [{ field: 'text', message: 'is not valid' }],
  });
  const other = new Error('no problem of ours');
  expect(atFormFields(other)).toBe(other);
});
