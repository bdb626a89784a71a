import { readProblem } from '@/components/problem';
import type { ImportProposal, KnownField } from '../schema';
import type { Treatment } from './words';

export type Format = 'postgres' | 'json_schema' | 'database';

export interface Source {
  format: Format;
  text: string;
  samples: string;
  /** For a database: its connection string's, in the vault. */
  secretId: string;
}

export interface Choice extends Treatment {
  on: boolean;
}

/** Choices by asset and field. */
export type Choices = Record<string, Record<string, Choice>>;

/** The request of what was pasted; throws a sentence where it is no JSON of the kind. */
export function requestOf({
  format,
  text,
  samples,
}: Omit<Source, 'secretId'>): Record<string, unknown> {
  const given = samples.trim() ? { samples: parsed(samples, 'The samples are') } : {};
  const schema = parsed(text, 'The schema is');
  if (format === 'json_schema') return { format, document: schema, ...given };
  return { format, columns: rowsOf(schema), ...given };
}

/** Rows as clients give them: an array, or an array in the one column of one row. */
function rowsOf(value: unknown): unknown {
  if (!Array.isArray(value) || value.length !== 1) return value;
  const [row] = value as unknown[];
  if (Array.isArray(row)) return row;
  const inside =
    typeof row === 'object' && row !== null && !('column_name' in row) ? Object.values(row) : [];
  return inside.length === 1 && Array.isArray(inside[0]) ? inside[0] : value;
}

function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${what} not JSON: ${(error as Error).message}`, { cause: error });
  }
}

/** What is missing before anything can be proposed. */
export function missingIn({ format, text, secretId }: Source): string | null {
  if (format === 'database') return secretId === '' ? 'Choose a secret first.' : null;
  return text.trim() === '' ? 'Paste a schema first.' : null;
}

/** What went wrong, with the field that the server names. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error && !('status' in error)
    ? error.message
    : readProblem(error).sentence;
}

/** As proposed; what is known already stays as it is unless someone chooses it. */
export function firstChoices({ assets }: ImportProposal): Choices {
  return Object.fromEntries(
    assets.map((asset) => [
      asset.name,
      Object.fromEntries(asset.fields.map((field) => [field.name, firstChoice(field)])),
    ]),
  );
}

function firstChoice({ classification, handling, current }: KnownField): Choice {
  return { on: current === null, classification, handling };
}

export function countChosen(choices: Choices): number {
  return Object.values(choices)
    .flatMap((fields) => Object.values(fields))
    .filter(({ on }) => on).length;
}

/** The confirmed list. */
export function confirmedOf({ assets }: ImportProposal, choices: Choices) {
  return {
    assets: assets.flatMap(({ name, kind, fields }) => {
      const chosen = fields.flatMap((field) => {
        const choice = choices[name]?.[field.name];
        if (!choice?.on) return [];
        const { classification, handling } = choice;
        return [{ name: field.name, classification, handling }];
      });
      return chosen.length > 0 ? [{ name, kind, fields: chosen }] : [];
    }),
  };
}
