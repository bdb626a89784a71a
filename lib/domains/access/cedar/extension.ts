import { EvaluationError, type Value } from './values';

/** A function of one of Cedar's extensions, by how many arguments it takes. */
export type ExtensionFunction =
  | { one: (value: Value) => Value }
  | { two: (left: Value, right: Value) => Value };

export type ExtensionFunctions = Readonly<Record<string, ExtensionFunction>>;

export function extensionError(extension: string, message: string): EvaluationError {
  return new EvaluationError(
    `error while evaluating \`${extension}\` extension function: ${message}`,
  );
}

export function wrongCount(name: string, expected: number, actual: number): EvaluationError {
  return new EvaluationError(
    `wrong number of arguments provided to extension function \`${name}\`: expected ${expected}, got ${actual}`,
  );
}
