/** Z3's models in SMT-LIB 2, read. */

type Form = string | Form[];

/** The value of each constant that the model names. */
export function valuesOf(model: string): Map<string, string> {
  return new Map(
    formsOf(model).flatMap((form): [string, string][] => {
      if (!Array.isArray(form) || form[0] !== 'define-fun') return [];
      const [, name, , , value] = form;
      return typeof name === 'string' && value !== undefined ? [[name, flat(value)]] : [];
    }),
  );
}

const token = /[()]|"(?:[^"]|"")*"|[^\s()"]+/g;

function formsOf(source: string): Form[] {
  const open: Form[][] = [[]];
  for (const [part] of source.matchAll(token)) {
    if (part === '(') open.push([]);
    else if (part === ')') {
      const closed = open.pop() ?? [];
      open.at(-1)?.push(closed);
    } else open.at(-1)?.push(part);
  }
  return open[0] ?? [];
}

function flat(form: Form): string {
  return typeof form === 'string' ? form : `(${form.map(flat).join(' ')})`;
}

/** A text as Z3 writes it. */
export function textOf(value: string): string {
  return value
    .slice(1, -1)
    .replaceAll('""', '"')
    .replaceAll(/\\u\{([0-9a-f]+)\}/gi, (_, code: string) =>
      String.fromCodePoint(parseInt(code, 16)),
    );
}
