/** What Z3 answers, read. */

export interface Answered {
  verdict: 'sat' | 'unsat' | 'unknown';
  /** The value of each variable that was asked for, where it is satisfiable. */
  model: ReadonlyMap<string, string>;
}

type Form = string | Form[];

export function answered(output: string | undefined): Answered {
  const [verdict = '', ...rest] = (output ?? '').split('\n');
  if (verdict === 'unsat') return { verdict, model: new Map() };
  if (verdict !== 'sat') return { verdict: 'unknown', model: new Map() };
  const [values = []] = formsOf(rest.join('\n'));
  const pairs = (Array.isArray(values) ? values : []).flatMap((pair): [string, string][] =>
    Array.isArray(pair) && typeof pair[0] === 'string' ? [[pair[0], flat(pair[1] ?? '')]] : [],
  );
  return { verdict, model: new Map(pairs) };
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
    .replaceAll(/\\u\{([0-9a-f]+)\}/gi, (_, code: string) => String.fromCodePoint(parseInt(code, 16)));
}
