import { datetimeFunctions } from './extension-datetime';
import { decimalFunctions } from './extension-decimal';
import type { ExtensionFunction } from './extension';
import { wrongCount } from './extension';
import { ipFunctions } from './extension-ip';
import type { Value } from './values';

const functions: ReadonlyMap<string, ExtensionFunction> = new Map(
  Object.entries({ ...decimalFunctions, ...ipFunctions, ...datetimeFunctions }),
);

export const extensionFunction = (name: string): ExtensionFunction | undefined =>
  functions.get(name);

/** @throws EvaluationError, where the function does or was given another number of arguments */
export function callExtension(
  name: string,
  extension: ExtensionFunction,
  args: readonly Value[],
): Value {
  const [first, second, third] = args;
  if ('one' in extension) {
    if (first === undefined || second !== undefined) throw wrongCount(name, 1, args.length);
    return extension.one(first);
  }
  if (first === undefined || second === undefined || third !== undefined) {
    throw wrongCount(name, 2, args.length);
  }
  return extension.two(first, second);
}
