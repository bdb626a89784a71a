import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Display } from '@/lib/domains/gateway';
import { placesOf, textSigns } from './text';

const codes = (text: string) => textSigns([{ where: 'why', text }]).map(({ code }) => code);

describe('what is looked through', () => {
  const display = (over: Partial<Display>) =>
    ({
      ...{ why: '', summary: '', evidence: [], untrusted: [], parameters: {} },
      ...{ session: { id: 'ses_1', initiator: {}, attributes: {} }, on_behalf_of: null, ...over },
    }) as unknown as Display;
  const signsOf = (over: Partial<Display>) =>
    textSigns(placesOf(display(over))).map(({ code, sentence }) => [
      code,
      sentence.split(', in ')[1],
    ]);
  const turned = 'fdp\u202Eexe';

  it('is all that an agent sends, however much stands before it', () => {
    const parameters = { note: turned, filler: Array.from({ length: 200_000 }, () => 0) };
    expect(signsOf({ parameters })).toEqual([['text_bidi', 'the parameters.']]);
    const content = { filler: [...parameters.filler, { deep: [turned] }], note: turned };
    const evidence = [{ title: '', source: '', ref: '', content }];
    expect(signsOf({ evidence })).toEqual([['text_bidi', 'evidence 1.']]);
  });

  it('is what it says of its session, and who asks of itself', () => {
    const session = (initiator: object, attributes: object) =>
      signsOf({
        session: { id: 'ses_1', initiator: { ...initiator }, attributes: { ...attributes } },
      });
    const found = [['text_bidi', 'what is said of its session.']];
    expect(session({ name: turned }, {})).toEqual(found);
    expect(session({}, { [turned]: 1 })).toEqual(found);
    expect(signsOf({ on_behalf_of: turned })).toEqual(found);
    const asked_by = { client: turned } as unknown as NonNullable<Display['asked_by']>;
    expect(signsOf({ asked_by })).toEqual([['text_bidi', 'what who asked calls itself.']]);
  });
});

describe('a text', () => {
  it.each([
    ['text_hidden', 'pay\u200Bment'],
    ['text_hidden', 'pay\u200Dment'],
    ['text_hidden', 'pay\u200D\u200Dment'],
    ['text_hidden', '\uFEFFpayment'],
    ['text_hidden', 'pay\u00ADment'],
    ['text_hidden', 'bell\u0007'],
    ['text_hidden', 'right\u200Fmark'],
    ['text_hidden', 'bytes\uFE00\uFE01\uFE02'],
    ['text_hidden', 'bytes\u{E0101}'],
    ['text_hidden', 'blank\u3164'],
    ['text_hidden', 'braille\u2800blank'],
    ['text_hidden', 'one\u2028line'],
    ['text_hidden', 'form\u180Bless'],
    ['text_hidden', 'unassigned\u{E0FFF}'],
    ['text_bidi', 'invoice\u202Efdp.exe'],
    ['text_bidi', 'a \u2066b\u2069'],
    ['text_tags', 'fine \u{E0061}\u{E0070}\u{E0070}'],
    ['text_tags', '\u{1F3F4}\u{E0041}'],
    ['text_private_use', 'logo \uE001'],
    ['text_private_use', 'plane 16 \u{10FFFD}'],
    ['text_mixed_scripts', 'pаypal'],
    ['text_mixed_scripts', 'Αcme'],
    ['text_mixed_scripts', 'օrder'],
    ['text_mixed_scripts', 'ᎪBC'],
    ['text_mixed_scripts', 'account 4\u066721'],
    ['text_mixed_scripts', 'account 48\u{1D7D0}1'],
    ['text_mixed_scripts', '\u{1D429}aypal'],
  ])('with characters that deceive is %s: %j', (code, text) => {
    expect(codes(text)).toEqual([code]);
  });

  it.each([
    'A refund of 750 €, as the customer asked – “twice”.\n\tYours',
    'Zoë Müller-Łukasiewicz',
    'оплата по счёту Visa, 5 μm, 3 kΩ, Δt, πr',
    '支払い Paypal 株式会社ABC 한국어',
    'می\u200Cخواهم',
    'क्\u200Dष',
    '👩\u200D💻 ❤\uFE0F\u200D🔥 1\uFE0F\u20E3',
    '\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}',
    'שלום\u200F, abc',
    '葛\u{E0100}城',
    'café cafe\u0301',
    'ᠮᠣᠩᠭᠣᠯ\u180B',
    'Հայաստան, ١٢٣, 全１２３',
  ])('as people write it is nothing unusual: %j', (text) => {
    expect(codes(text)).toEqual([]);
  });

  it('of plain characters never is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        expect(codes(text)).toEqual([]);
      }),
    );
  });

  it('is found out wherever in it the character stands', () => {
    const text = fc.string({ unit: 'grapheme-ascii' });
    const hidden = fc.constantFrom('\u200B', '\u202E', '\u{E0061}', '\uE000', '\u2060', '\u200D');
    fc.assert(
      fc.property(text, hidden, text, (before, one, after) => {
        expect(codes(before + one + after)).toHaveLength(1);
      }),
    );
  });

  it('says which characters, how often and where', () => {
    const [sign] = textSigns([
      { where: 'why', text: 'a\u200Bb\u200Bc' },
      { where: 'the summary', text: 'plain' },
      { where: 'evidence 2', text: 'd\u2060' },
    ]);
    expect(sign).toMatchObject({ severity: 'warning', actions: [] });
    expect(sign?.sentence).toBe(
      'Characters that do not show: U+200B zero width space, U+2060 word joiner, 3 times, in why, evidence 2.',
    );
    expect(textSigns([{ where: 'why', text: 'pаypal' }])[0]?.sentence).toBe(
      'Letters or digits that look like others: U+0430 а, once, in why.',
    );
    const many = '\u200B\u2060\u2061\u2062\u2063';
    const places = ['a', 'b', 'c', 'd'].map((where) => ({ where, text: many }));
    expect(textSigns(places)[0]?.sentence).toContain('and 2 more, 20 times, in a, b, c and 1 more');
  });
});
