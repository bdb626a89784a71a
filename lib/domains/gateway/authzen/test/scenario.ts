/** The requests and answers that the certification scenario's text shows, as data. */

export interface Shown {
  /** The section, such as c-2-2-1. */
  id: string;
  title: string;
  path: string;
  request: unknown;
  /** 200 or 400. */
  status: number;
  /** Undefined where only the structure is said. */
  answer: Record<string, unknown> | undefined;
}

const paths: readonly [RegExp, string][] = [
  [/^c-2/, 'evaluation'],
  [/^c-3/, 'evaluations'],
  [/^c-4-2/, 'search/subject'],
  [/^c-4-3/, 'search/resource'],
  [/^c-4-4/, 'search/action'],
  [/^c-4-5/, 'search/subject'],
];

/** Each request of the text in its order, but those that need another's answer. */
export function shownIn(text: string): Shown[] {
  const shown: Shown[] = [];
  let id = '';
  let title = '';
  let label = '';
  let bold = '';
  let pending: Shown | undefined;
  const parts = text.matchAll(
    /^#{1,3} (.+?) \{#(.+?)\}|^\*\*(.+?)\*\*(.*)|^~~~( json)?\n([^]*?)^~~~/gm,
  );
  for (const [, heading, section, strong, rest, json, block] of parts) {
    if (heading !== undefined) {
      [id, title, label, bold] = [section ?? '', heading, '', ''];
      pending = undefined;
    } else if (strong !== undefined) {
      label = strong;
      if (/^(Request|Subject|Resource|Action)/.test(strong)) bold = strong;
      // After the colon stands what a request without a block of its own is answered with.
      if (strong === 'Expected:' && pending && (rest ?? '').includes('400')) pending.status = 400;
    } else if (block !== undefined && (json || label.startsWith('Expected'))) {
      if (label.startsWith('Expected')) {
        if (pending && !block.includes('<')) pending.answer = JSON.parse(block);
        continue;
      }
      const path = pathOf(id, bold);
      if (path === undefined || block.includes('<') || !/^c-[234]/.test(id)) continue;
      const { status, answer } = { status: 200, answer: undefined };
      pending = { id, title, path, request: JSON.parse(block), status, answer };
      shown.push(pending);
    }
  }
  // Where several requests are shown before it is said once that each is refused.
  for (const one of shown) if (/^c-(2-4|4-7)/.test(one.id)) one.status = 400;
  return shown;
}

function pathOf(id: string, bold: string): string | undefined {
  const named = /(Subject|Resource|Action) Search/.exec(bold)?.[1];
  if (named) return `search/${named.toLowerCase()}`;
  if (id === 'c-4-6-2') return 'search/subject';
  return paths.find(([section]) => section.test(id))?.[1];
}
