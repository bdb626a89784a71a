import { describe, expect, it } from 'vitest';
import { formSentence } from './problem';

const invalid = (...errors: [field: string, message: string][]) => ({
  code: 'invalid_input',
  detail: `${errors[0]?.[0]}: ${errors[0]?.[1]}`,
  errors: errors.map(([field, message]) => ({ field, message })),
});
const two = invalid(['name', 'use 2 to 63 letters'], ['sponsorId', 'must be a member']);

describe('the sentence of a form', () => {
  it('only names the fields where each says what is wrong itself', () => {
    expect(formSentence(two, ['name', 'sponsorId', 'purpose'])).toBe(
      'Name and Sponsor ID need another look.',
    );
    expect(formSentence(invalid(['name', 'is too short']), ['name'])).toBe(
      'Name needs another look.',
    );
  });

  it('tells all of them where one has no field to stand at', () => {
    expect(formSentence(two, ['name'])).toBe(
      'Name: use 2 to 63 letters; Sponsor ID: must be a member',
    );
  });

  it('leaves a sentence that is no list of fields as it is', () => {
    const taken = { ...invalid(['name', 'is taken']), code: 'conflict', detail: 'Name it anew.' };
    expect(formSentence(taken, ['name'])).toBe('Name it anew.');
    expect(formSentence(new Error('No.'))).toBe('No.');
  });
});
