/** The policies of a text, told apart without Cedar, for what is read in the browser or compared often. Pure. */

export interface WrittenStatement {
  /** `unknown` where this reading is not sure to be Cedar's: it may be either. */
  effect: 'permit' | 'forbid' | 'unknown';
  /** Without comments, and with one space where there was any. */
  text: string;
  /** The text with nothing in its quotes. */
  bare: string;
}

// As Cedar's own: a comment ends at either character that ends a line.
const token = /\/\/[^\n\r]*|"(?:[^"\\]|\\.)*"|;|[ \t\n\r]+|[^ \t\n\r;"/]+|[^]/g;
const annotation = /@ ?\w+ ?(?:\( ?"" ?\) ?)?/.source;
const head = new RegExp(`^(?:${annotation})*(permit|forbid) ?\\(`);

/** In their order, with what comes after the last semicolon, if anything does. */
export function writtenStatements(text: string): WrittenStatement[] {
  const statements: WrittenStatement[] = [];
  let parts: string[] = [];
  const end = () => {
    const written = joined(parts);
    const bare = joined(parts.map((part) => (part.startsWith('"') ? '""' : part)));
    parts = [];
    if (written === '') return;
    const effect = head.exec(bare)?.[1];
    const sure = effect === 'permit' || effect === 'forbid';
    statements.push({ effect: sure ? effect : 'unknown', text: written, bare });
  };
  for (const [part] of text.matchAll(token)) {
    if (part === ';') end();
    else parts.push(part.startsWith('//') ? ' ' : part);
  }
  end();
  return statements;
}

/** With one space for any number of them that are not in quotes. */
function joined(parts: readonly string[]): string {
  const blank = (part: string | undefined) => part !== undefined && /^[ \t\n\r]+$/.test(part);
  return parts
    .filter((part, at) => !blank(part) || !blank(parts[at - 1]))
    .map((part) => (blank(part) ? ' ' : part))
    .join('')
    .trim();
}

/** Whether a text may allow anything that the one before did not. */
export function textWidens(before: string, after: string): boolean {
  const [was, is] = [writtenStatements(before), writtenStatements(after)];
  const lacks = (all: readonly WrittenStatement[], { text }: WrittenStatement) =>
    !all.some((one) => one.text === text);
  return (
    is.some((one) => one.effect !== 'forbid' && lacks(was, one)) ||
    was.some((one) => one.effect !== 'permit' && lacks(is, one))
  );
}

/** What permits of these texts fit without being named: action types, agents, or neither. */
export function openPermits(texts: readonly string[]): { actions: boolean; agents: boolean } {
  const scopes = texts
    .flatMap(writtenStatements)
    .filter(({ effect }) => effect !== 'forbid')
    .map(({ effect, bare }) => (effect === 'permit' ? bare.replace(head, '').trim() : ''));
  return {
    // Not one that is named, and not some that are.
    actions: scopes.some((scope) => !/^[^,]*, ?action ?(==|in ?\[)/.test(scope)),
    // Not one that is named, and not whoever is in a role.
    agents: scopes.some((scope) => !/^principal (is \w+ )?(==|in )/.test(scope)),
  };
}
