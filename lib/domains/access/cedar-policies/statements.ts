/** The policies of a text, told apart without Cedar, for what is read in the browser or compared often. Pure. */

export interface WrittenStatement {
  effect: 'permit' | 'forbid';
  /** Without comments, and with one space where there was any. */
  text: string;
}

const token = /\/\/[^\n]*|"(?:[^"\\]|\\.)*"|;|\s+|[^\s;"/]+|[^]/g;

/** In their order; what comes after the last semicolon is none. */
export function writtenStatements(text: string): WrittenStatement[] {
  const statements: WrittenStatement[] = [];
  let current = '';
  let bare = '';
  for (const [part] of text.matchAll(token)) {
    if (part.startsWith('//') || part.trim() === '') {
      current += ' ';
      bare += ' ';
      continue;
    }
    if (part !== ';') {
      current += part;
      bare += part.startsWith('"') ? '""' : part;
      continue;
    }
    const effect = /\b(permit|forbid)\s*\(/.exec(bare)?.[1];
    if (effect === 'permit' || effect === 'forbid') {
      statements.push({ effect, text: current.trim().replaceAll(/ +/g, ' ') });
    }
    current = '';
    bare = '';
  }
  return statements;
}

/** Whether a text may allow anything that the one before did not. */
export function textWidens(before: string, after: string): boolean {
  const [was, is] = [writtenStatements(before), writtenStatements(after)];
  const lacks = (all: readonly WrittenStatement[], { text }: WrittenStatement) =>
    !all.some((one) => one.text === text);
  return (
    is.some((one) => one.effect === 'permit' && lacks(was, one)) ||
    was.some((one) => one.effect === 'forbid' && lacks(is, one))
  );
}
