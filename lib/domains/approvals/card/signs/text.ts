/** Characters that do not show, or show as something else, in what an agent gives to read. Pure. */
import type { Display } from '@/lib/domains/gateway';
import type { Sign } from './schema';

export interface Place {
  /** Where it stands: "why", "evidence 2". */
  where: string;
  text: string;
}

interface Kind {
  code: Sign['code'];
  severity: Sign['severity'];
  what: string;
  /** Each match is one finding; its characters are named by their codes. */
  find: (text: string) => string[];
}

const all = (pattern: RegExp) => (text: string) =>
  [...text.matchAll(pattern)].map(([found]) => found);

/** Code points without a shape: controls, fillers, blanks that are letters, breaks of a line, invisible operators. */
const SHAPELESS = new RegExp(
  `[${`0-8 b-c e-1f 7f-9f ad 34f 115f-1160 17b4-17b5 180e 200b 2028-2029 2060-2065 206a-206f 2800 3164 feff ffa0
   fff0-fffb 1bca0-1bca3 1d159 1d173-1d17a e0080-e00ff e01f0-e0fff`
    .split(/\s+/)
    .map((range) => range.replaceAll(/[0-9a-f]+/g, String.raw`\u{$&}`))
    .join('')}]`,
  'u',
);
/** After one of these a joiner joins nothing; in Arabic, Indic scripts and emoji it does. */
const UNJOINED = /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\x20-\x7e]?$/u;

const IDEOGRAPH = /^\p{Script=Han}$/u;
/** Their letters have forms that a selector of their own chooses. */
const MONGOLIAN = /^[\p{Script=Mongolian}\u180B-\u180D\u180F]$/u;

function hiddenIn(text: string): string[] {
  const found: string[] = [];
  let before = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20 || code > 0x7e) {
      const joiner = code === 0x200c || code === 0x200d;
      // One selector chooses a glyph, of Chinese characters among many; others carry bytes.
      const selector =
        (isSelector(code) && isSelector(before.codePointAt(0) ?? 0)) ||
        (code >= 0xe0100 && code <= 0xe01ef && !IDEOGRAPH.test(before)) ||
        (isMongolianSelector(code) && !MONGOLIAN.test(before));
      if (selector || (joiner && UNJOINED.test(before)) || SHAPELESS.test(character))
        found.push(character);
      // A joiner after a joiner is judged by what stands before both.
      if (joiner) continue;
    }
    before = character;
  }
  return found;
}

const isSelector = (code: number): boolean => code >= 0xfe00 && code <= 0xfe0f;
const isMongolianSelector = (code: number): boolean =>
  (code >= 0x180b && code <= 0x180d) || code === 0x180f;

const BIDI = /[\u202A-\u202E\u2066-\u2069]/gu;
/** Marks of direction are of use in a text that goes both ways, and hidden in one that does not. */
const MARKS = /[\u061C\u200E\u200F]/gu;
const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const TAGS = /[\u{E0000}-\u{E007F}]/gu;
/** The flags of England, Scotland and others are written with tags. */
const TAGGED_FLAG = /\u{1F3F4}[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}]{2,6}\u{E007F}/gu;
const PRIVATE = /\p{Co}/gu;
const WORD = /[\p{L}\p{M}]+/gu;
const LATIN = /\p{Script=Latin}/u;
const CYRILLIC = /\p{Script=Cyrillic}/u;
/** Greek that looks Latin; a μ before m, a Δ or a π do not deceive. */
const GREEK_AS_LATIN = /[ΑΒΕΖΗΙΚΜΝΟΡΤΥΧανοριυχϲϳ]/u;
/** Scripts that are written with Latin in one word by nobody, and have letters like its own. */
const NEVER_WITH_LATIN =
  /[\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Lisu}\p{Script=Deseret}]/u;
/** Bold, italic and other shapes of letters and digits for formulas: 𝟗 is no 9 to who compares. */
const SHAPED = /[\u{1D400}-\u{1D7FF}]/gu;
const NUMBER = /\p{Nd}+/gu;
const PLAIN_DIGIT = /[0-9]/;

const kinds: Kind[] = [
  {
    ...{
      code: 'text_tags',
      severity: 'warning',
      what: 'Text in tag characters, which do not show',
    },
    find: (text) => all(TAGS)(text.replaceAll(TAGGED_FLAG, '')),
  },
  {
    ...{ code: 'text_bidi', severity: 'warning' },
    ...{ what: 'Characters that turn the direction of what follows', find: all(BIDI) },
  },
  {
    ...{ code: 'text_hidden', severity: 'warning', what: 'Characters that do not show' },
    find: (text) => [...hiddenIn(text), ...(RIGHT_TO_LEFT.test(text) ? [] : all(MARKS)(text))],
  },
  {
    ...{ code: 'text_private_use', severity: 'warning' },
    ...{ what: 'Characters without a meaning of their own', find: all(PRIVATE) },
  },
  {
    ...{
      code: 'text_mixed_scripts',
      severity: 'warning',
      what: 'Letters or digits that look like others',
    },
    find: (text) => [
      ...all(WORD)(text).flatMap(foreignIn),
      ...all(NUMBER)(text).flatMap(foreignDigitsIn),
      ...all(SHAPED)(text),
    ],
  },
];

/** The letters of a word in Latin letters that are of another script and look alike. */
function foreignIn(word: string): string[] {
  if (!LATIN.test(word)) return [];
  return [...word].filter(
    (letter) =>
      CYRILLIC.test(letter) || GREEK_AS_LATIN.test(letter) || NEVER_WITH_LATIN.test(letter),
  );
}

/** The digits of a number that are of another script than its own 0 to 9. */
function foreignDigitsIn(number: string): string[] {
  if (!PLAIN_DIGIT.test(number)) return [];
  return [...number].filter((digit) => !PLAIN_DIGIT.test(digit) && !digit.match(SHAPED));
}

/** What is named at most of each; the sentence has the count. */
const MOST_CODES = 3;
const MOST_PLACES = 3;

export function textSigns(places: readonly Place[]): Sign[] {
  return kinds.flatMap(({ code, severity, what, find }) => {
    const found = places.flatMap(({ where, text }) =>
      find(text).map((match) => ({ where, match })),
    );
    if (found.length === 0) return [];
    // Each is named once, however often an agent has repeated it.
    const codes = [...new Set(found.flatMap(({ match }) => [...match]))].map(codeWords);
    const where = [...new Set(found.map((one) => one.where))];
    return [
      {
        ...{ code, severity, actions: [] },
        sentence: `${what}: ${listed(codes, MOST_CODES)}, ${found.length === 1 ? 'once' : `${found.length} times`}, in ${listed(where, MOST_PLACES)}.`,
        against: 'what the agent wrote and showed, character by character',
      },
    ];
  });
}

function listed(items: readonly string[], most: number): string {
  const more = items.length - most;
  return items.slice(0, most).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

const names: Record<string, string> = {
  '00AD': 'soft hyphen',
  '200B': 'zero width space',
  '200C': 'zero width non-joiner',
  '200D': 'zero width joiner',
  '200E': 'left-to-right mark',
  '200F': 'right-to-left mark',
  '202D': 'left-to-right override',
  '202E': 'right-to-left override',
  '2060': 'word joiner',
  FEFF: 'zero width no-break space',
};

/** "U+202E right-to-left override"; of a letter, "U+0430 а". */
function codeWords(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  const shown = /\p{L}/u.test(character) && !SHAPELESS.test(character);
  const name = names[code] ?? (shown ? character : '');
  return `U+${code}${name ? ` ${name}` : ''}`;
}

/** Every text of a card that an agent wrote, or that came from outside, with where it stands. */
export function placesOf(display: Display): Place[] {
  const { why, summary, evidence, untrusted, parameters, session, answers = [] } = display;
  return [
    { where: 'why', text: why },
    { where: 'the summary', text: summary },
    ...textsIn(parameters).map((text) => ({ where: 'the parameters', text })),
    ...textsIn([session.initiator, session.attributes, display.on_behalf_of]).map((text) => ({
      where: 'what is said of its session',
      text,
    })),
    { where: 'what who asked calls itself', text: display.asked_by?.client ?? '' },
    ...evidence.flatMap(({ title, source, ref, content }, index) =>
      [title, source, ref, ...textsIn(content)].map((text) => ({
        where: `evidence ${index + 1}`,
        text,
      })),
    ),
    ...answers.map(({ answer }) => ({ where: 'an answer', text: answer })),
    ...untrusted.map((text, index) => ({ where: `text ${index + 1} that led to this`, text })),
  ];
}

/**
 * Names and values that are text, anywhere in it: in all of it, or an agent would put what it
 * hides behind what is not looked into. No request is larger than 1 MB.
 */
function textsIn(value: unknown, texts: string[] = []): string[] {
  if (typeof value === 'string') texts.push(value);
  if (typeof value !== 'object' || value === null) return texts;
  const named = !Array.isArray(value);
  for (const [name, member] of Object.entries(value)) {
    if (named) texts.push(name);
    textsIn(member, texts);
  }
  return texts;
}
