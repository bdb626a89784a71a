/** Something found in a text: what stands for it, or nothing for what is to be passed over. */
export interface Match {
  start: number;
  end: number;
  mask?: string;
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

export function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** An ASCII letter, digit or underscore. */
export function isWord(code: number): boolean {
  return isDigit(code) || isLetter(code) || code === 0x5f;
}

export function wordEnd(text: string, at: number): number {
  let end = at + 1;
  while (isWord(text.charCodeAt(end))) end += 1;
  return end;
}

/** Whether a word is none of what begins with a letter: those have a digit, or our ids' underscore, early on. */
export function isPlainWord(text: string, at: number): boolean {
  for (const ahead of [1, 2, 3, 6, 9]) if (isDigit(text.charCodeAt(at + ahead))) return false;
  for (let ahead = 2; ahead <= 4; ahead += 1) {
    if (text.charCodeAt(at + ahead) === 0x5f) return false;
  }
  return text.charCodeAt(at + 8) !== 0x2d;
}

/** Signs by their code: 1 for each of these. Reading it is much of what masking does. */
export function signs(all: string): Readonly<Uint8Array> {
  const codes = [...all].map((sign) => sign.charCodeAt(0));
  const table = new Uint8Array(Math.max(...codes) + 1);
  for (const code of codes) table[code] = 1;
  return table;
}

/** Where the digits that begin here end, at most so many. */
export function digitsEnd(text: string, at: number, most: number): number {
  let end = at;
  while (end - at < most && isDigit(text.charCodeAt(end))) end += 1;
  return end;
}

/** Fewer digits than these, with what may stand between them, number nobody. */
const FEWEST = 7;
const between = signs(' ./()-\u00a0\u202f\u2011');

const MOST_APART = 3;

/** The rows of digits in a text, each read once though much of what is looked for may begin in it. */
export class Rows {
  private readonly text: string;
  /** The row read last: from where to its last digit, and where nothing of it goes on. */
  private from = 0;
  private last = -1;
  private end = 0;
  /** The last place with enough digits after it; none is before the text. */
  private enough = -1;
  private readonly latest = new Int32Array(FEWEST);

  constructor(text: string) {
    this.text = text;
  }

  /** Where the row that is here ends if it has too few digits from here on. */
  few(at: number): number | undefined {
    if (at < this.from || at > this.last) this.read(at);
    return at <= this.enough ? undefined : this.end;
  }

  private read(from: number): void {
    const { latest } = this;
    let digits = 0;
    let apart = 0;
    let last = -1;
    let end = from;
    for (; ; end += 1) {
      const code = this.text.charCodeAt(end);
      if (isDigit(code)) {
        latest[digits % FEWEST] = end;
        digits += 1;
        apart = 0;
        last = end;
      } else if (end > from && (apart === MOST_APART || between[code] !== 1)) break;
      else apart += 1;
    }
    this.from = from;
    this.last = last;
    this.end = end;
    this.enough = digits < FEWEST ? -1 : (latest[digits % FEWEST] ?? -1);
  }
}

/** The text that a sticky pattern matches here. */
export function spanOf(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** Whether nothing goes on here: no word, and no further digits behind a hyphen or dot. */
export function isWhole(text: string, end: number): boolean {
  const next = text.charCodeAt(end);
  if (isWord(next)) return false;
  return !((next === 0x2d || next === 0x2e) && isDigit(text.charCodeAt(end + 1)));
}

/** The text that a sticky pattern matches here, as a whole. */
export function wholeOf(pattern: RegExp, text: string, at: number): string | undefined {
  const found = spanOf(pattern, text, at);
  return found !== undefined && isWhole(text, at + found.length) ? found : undefined;
}

/** What joins the parts of a code to the word before: `ORD-123` or `#123`. */
export function isJoined(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  if (before === 0x23) return true;
  const joins = before === 0x2d || before === 0x2e || before === 0x2f || before === 0x5c;
  return joins && at > 1 && isWord(text.charCodeAt(at - 2));
}

const notPersonal =
  /(?<=(?:orders?|invoices?|inv|tickets?|cases?|ref(?:erence)?|sku|tracking|transactions?|txn|batch|parcel|shipment|build|version|article|part|serial|account|po|id|rechnung|bestellung|auftrag|commande|facture|pedido|factura|ordine|fattura)\W{0,3}(?:(?:no|nr|number|id|is)\b\W{0,3})?)/iy;

/** Whether the words before say that a number is an order's, an invoice's or the like. */
export function isNumbered(text: string, at: number): boolean {
  return isAfter(notPersonal, text, at);
}

/** Most signs between a word and the number that it speaks of. */
const MOST_SIGNS = 3;

/** Whether a word's letter comes before, with no more signs than may stand between them. */
export function followsWord(text: string, at: number): boolean {
  let last = at - 1;
  while (last >= at - MOST_SIGNS && !isWord(text.charCodeAt(last))) last -= 1;
  return isLetter(text.charCodeAt(last));
}

/** Whether the words just before match: a sticky look behind, whose words end with a letter. */
export function isAfter(words: RegExp, text: string, at: number): boolean {
  return followsWord(text, at) && spanOf(words, text, at) !== undefined;
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/iy;
const ownId = /[a-z]{2,4}_[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/iy;
const isoTime = /\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?/y;
const date = /\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d\d)/y;

/** Ids, times and dates, which are none of what is looked for. */
export function skipAt(text: string, at: number): Match | undefined {
  const pattern = idOrTime(text, at);
  const found = pattern && wholeOf(pattern, text, at);
  return found === undefined ? undefined : { start: at, end: at + found.length };
}

function idOrTime(text: string, at: number): RegExp | undefined {
  if (text.charCodeAt(at + 8) === 0x2d) return uuid;
  if (!isDigit(text.charCodeAt(at))) return ownId;
  if (text.charCodeAt(at + 4) === 0x2d) return isoTime;
  const divider = text.charCodeAt(at + 2);
  const divided = divider >= 0x2d && divider <= 0x2f && isDigit(text.charCodeAt(at + 1));
  return divided ? date : undefined;
}
