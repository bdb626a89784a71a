/** Where a secret's value may go: the scheme, host and port that it was given for. */

/** Of a connection string, which names the database that it is sent to itself. */
export const DATABASE = 'postgres:';

/** The origin of an address, as the one who sends to it understands it. */
export function originOf(url: string): string {
  return new URL(url).origin;
}

/** The origin that a value names itself; undefined for keys and passwords. */
export function originIn(value: string): string | undefined {
  return /^\s*postgres(ql)?:/i.test(value) ? DATABASE : undefined;
}

export function originWords(origin: string): string {
  return origin === DATABASE ? 'the database that it names' : origin;
}
