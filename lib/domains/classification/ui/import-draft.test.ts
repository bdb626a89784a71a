import { describe, expect, it } from 'vitest';
import { ProposeImport, type ImportProposal } from '../schema';
import { confirmedOf, countChosen, firstChoices, missingIn, requestOf } from './import-draft';

const columns = [
  { table_schema: 'public', table_name: 'people', column_name: 'email', data_type: 'text' },
];
const source = { format: 'postgres', text: '', samples: '' } as const;

describe('what is pasted', () => {
  it.each([
    ['rows', columns],
    ['what json_agg gives', [{ json_agg: columns }]],
    ['what json_agg gives alone', [columns]],
  ])('as %s is a request that is understood', (_, pasted) => {
    const request = requestOf({ ...source, text: JSON.stringify(pasted) });
    expect(ProposeImport.parse(request)).toMatchObject({ format: 'postgres', columns });
  });

  it('has its samples with it', () => {
    const samples = { people: [{ email: 'ada@example.test' }] };
    const request = requestOf({
      ...source,
      text: JSON.stringify(columns),
      samples: JSON.stringify(samples),
    });
    expect(ProposeImport.parse(request)).toMatchObject({ samples });
  });

  it('that is no JSON is said to be none, by its name', () => {
    expect(() => requestOf({ ...source, text: '{' })).toThrow('The schema is not JSON');
    expect(() => requestOf({ ...source, text: '{}', samples: '[' })).toThrow('The samples are not');
  });
});

it('what is missing is said', () => {
  const empty = { ...source, secretId: '' };
  expect(missingIn(empty)).toBe('Paste a schema first.');
  expect(missingIn({ ...empty, text: '{}' })).toBeNull();
  expect(missingIn({ ...empty, text: '{}', format: 'database' })).toBe('Choose a secret first.');
  expect(missingIn({ ...empty, format: 'database', secretId: 'sec_1' })).toBeNull();
});

describe('what is confirmed', () => {
  const field = { type: 'text', reason: 'Its name.', handling: 'none' } as const;
  const proposal: ImportProposal = {
    assets: [
      {
        ...{ name: 'people', kind: 'table', existing: 'ast_1' },
        fields: [
          { ...field, name: 'email', classification: 'Confidential', current: null },
          {
            ...{ ...field, name: 'id', classification: 'Internal' },
            current: { classification: 'Restricted', handling: 'redact' },
          },
        ],
      },
    ],
  };

  it('is what is new, as proposed, unless someone chooses otherwise', () => {
    const choices = firstChoices(proposal);
    expect(countChosen(choices)).toBe(1);
    expect(confirmedOf(proposal, choices)).toEqual({
      assets: [
        {
          ...{ name: 'people', kind: 'table' },
          fields: [{ name: 'email', classification: 'Confidential', handling: 'none' }],
        },
      ],
    });
    const none = { people: { email: { on: false, classification: 'Public', handling: 'none' } } };
    expect(confirmedOf(proposal, none as typeof choices)).toEqual({ assets: [] });
  });
});
