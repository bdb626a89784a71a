/** A Cedar string literal; whatever is not plain ASCII is written as \u{…}. */
export function quote(text: string): string {
  return `"${[...text].map(escaped).join('')}"`;
}

/** The right side of `like`, where `*` stands for any characters and all else for itself. */
export function pattern(text: string): string {
  return `"${[...text].map((character) => (character === '*' ? '*' : escaped(character))).join('')}"`;
}

function escaped(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`;
  if (character >= ' ' && character <= '~') return character;
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}
