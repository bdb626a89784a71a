import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newId } from './ids';
import { maskDeep, maskPii } from './mask';
import { luhn } from './mask/numbers';

const personal: [text: string, masked: string][] = [
  ['write to john.doe+x@example.co.uk now', 'write to [email] now'],
  ['a@b.com,c@d.org', '[email],[email]'],
  ["it is 'jane@example.com'.", "it is '[email]'."],
  ['https://x.example/?mail=user%40example.com&n=1', 'https://x.example/?mail=[email]&n=1'],
  ['jürgen@müller.de', '[email]'],
  ['paid by 4111 1111 1111 1111', 'paid by [card …1111]'],
  ['4111111111111111', '[card …1111]'],
  ['4111-1111-1111-1111-2027', '[card …1111]-2027'],
  ['4111 1111 1111 1111 12/27', '[card …1111] 12/27'],
  ['4111 1111 1111 1111 4th time', '[card …1111] 4th time'],
  ['5500-0000-0000-0004', '[card …0004]'],
  ['3782 822463 10005', '[card …0005]'],
  ['order #4111111111111111', 'order #[card …1111]'],
  ['IBAN DE89 3704 0044 0532 0130 00 please', 'IBAN [iban] please'],
  ['GB82WEST12345698765432', '[iban]'],
  ['de89370400440532013000', '[iban]'],
  ['NO93 8601 1117 947', '[iban]'],
  ['MT84MALT011000012345MTLCAST001S', '[iban]'],
  ['+49 (0)30 1234567', '[phone]'],
  ['+1 (415) 555-2671', '[phone]'],
  ['+44 20 7946 0958 2026', '[phone] 2026'],
  ['+44 20 7946 0958 4th floor', '[phone] 4th floor'],
  ['0044 20 7946 0958', '[phone]'],
  ['tel:+4930123456789', 'tel:[phone]'],
  ['415-555-2671/2672', '[phone]/2672'],
  ['(415) 555-2671', '[phone]'],
  ['020 7946 0958', '[phone]'],
  ['06 12 34 56 78 or 01.23.45.67.89', '[phone] or [phone]'],
  ['07700900123', '[phone]'],
  ['030/1234567', '[phone]'],
  ['612 34 56 78', '[phone]'],
  ['Phone no. 5551234', 'Phone no. [phone]'],
  ['call me at 555 123 4567', 'call me at [phone]'],
  ['hotel 5551234', 'hotel [phone]'],
  ['00 49 (30) 123(45)678', '[phone]'],
  ['+44 20 7946-09-58-1', '[phone]'],
  ['1-415-555-2671', '[phone]'],
  ['SSN 123-45-6789', 'SSN [national id]'],
  ['ssn: 123456789', 'ssn: [national id]'],
  ['AB 12 34 56 C', '[national id]'],
  ['AB123456C', '[national id]'],
  ['BSN 111222333', 'BSN [national id]'],
  ['1112.22.333', '[national id]'],
  ['12345678Z', '[national id]'],
  ['X1234567L', '[national id]'],
  ['RSSMRA85T10A562S', '[national id]'],
  ['86095742719', '[national id]'],
  ['86 095 742 719', '[national id]'],
  ['1 84 12 76 451 089 46', '[national id]'],
  ['184127645108946', '[national id]'],
];

const impersonal = [
  'Process refund of $750 for order #4821',
  'order 1234567890, invoice 12345678901, ticket 415-555-2671',
  'ORD-2026-415-555-2671',
  '$1,234,567.89 and EUR 1.234.567,89 and 1 234 567,00 and 12 345 678',
  '2026-11-21T22:16:35.123Z, 2026-11-21 22:16:35, 2026-11-21T22:16:35+01:00, 20261121',
  '21.11.2026 10:30 and 07/12/2026 and 10:30:45.123456',
  '1763763395123 and 1763763395',
  'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  'aGVsbG8gd29ybGQ0MTExMTExMTExMTExMTEx+4111/x==',
  '192.168.100.200, v1.2.3, 10.0.0.1:4000',
  'git@host, pkg@1.2.3, @mention of 123456, someone@localhost 123456',
  'at +52.520008, 13.404954, up +1000000',
  'the 9-digit 123456782 and 1234567890123456 and 0000000000000000',
  'tracking 1Z999AA10123456784 or 9400110200881234567890',
  'ISBN 978-3-16-148410-0',
  '4111 1111 1111 1112',
  '+1 115 555 2671 and +1 (0)15 555 2671, up +44.12345678 or +44 20 79',
  'hotel_ 5551234, tel.... 5551234',
  'DE89370400440532013001',
  '12345678A and X1234567A and RSSMRA85T10A562T and 86095742718 and 184127645108947',
  'BSN 111222334, 000-12-3456, 666-12-3456, BG123456A',
];

describe('masking', () => {
  it.each(personal)('%s', (text, masked) => {
    expect(maskPii(text)).toBe(masked);
    expect(maskPii(`Before, ${text}; after`)).toBe(`Before, ${masked}; after`);
    expect(maskPii(masked)).toBe(masked);
  });

  it.each(impersonal)('leaves %s', (text) => {
    expect(maskPii(text)).toBe(text);
  });

  it('leaves ids of ours and of others', () => {
    for (let count = 0; count < 5_000; count += 1) {
      const text = `${newId('evt')} ${newId('ws')} ${crypto.randomUUID()}`;
      expect(maskPii(text)).toBe(text);
    }
  });

  it('masks every string of a value, and nothing else of it', () => {
    const value = {
      mail: 'a@b.com',
      n: 4111111111111111,
      deep: [{ x: ['+44 20 7946 0958', null] }],
    };
    expect(maskDeep(value)).toEqual({
      ...value,
      mail: '[email]',
      deep: [{ x: ['[phone]', null] }],
    });
  });
});

const digit = fc.integer({ min: 0, max: 9 }).map(String);
const digitsOf = (count: number) =>
  fc.array(digit, { minLength: count, maxLength: count }).map((all) => all.join(''));
const word = fc.stringMatching(/^[a-z]{1,12}$/);

describe('masking, of anything', () => {
  it('masks every card number there can be, in any usual grouping', () => {
    const card = fc
      .tuple(fc.constantFrom('3', '4', '5', '6'), digitsOf(14))
      .map(([first, rest]) => {
        const open = first + rest;
        return [...'0123456789'].map((last) => open + last).find(luhn) ?? '';
      });
    fc.assert(
      fc.property(card, fc.constantFrom('', ' ', '-'), word, (number, divider, around) => {
        fc.pre(!/^(\d)\1*$/.test(number));
        const shown = number.replaceAll(/\d{4}(?=\d)/g, (four) => four + divider);
        expect(maskPii(`${around} ${shown} ${around}`)).toBe(
          `${around} [card …${number.slice(-4)}] ${around}`,
        );
      }),
    );
  });

  it('masks every plain address', () => {
    fc.assert(
      fc.property(word, word, fc.constantFrom('com', 'de', 'co.uk', 'museum'), (who, host, top) => {
        expect(maskPii(`(${who}.${who}@${host}.${top})`)).toBe('([email])');
      }),
    );
  });

  it('leaves amounts, and words whatever they are', () => {
    const amount = fc
      .tuple(fc.integer({ min: 0, max: 999_999 }), fc.integer({ min: 10, max: 99 }))
      .map(([units, cents]) => `${units.toLocaleString('en')}.${cents} EUR`);
    fc.assert(
      fc.property(fc.array(fc.oneof(amount, word)), (parts) => {
        expect(maskPii(parts.join(' '))).toBe(parts.join(' '));
      }),
    );
  });

  it('is done when it is done: what is masked stays as it is', () => {
    const piece = fc.oneof(
      fc.constantFrom(...personal.map(([text]) => text), ...impersonal),
      fc.string(),
      word,
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const masked = maskPii(pieces.join(', '));
        expect(maskPii(masked)).toBe(masked);
        expect(masked.isWellFormed()).toBe(pieces.join(', ').isWellFormed());
      }),
    );
  });

  it('gets through a megabyte of anything hostile', () => {
    const units = [
      '1',
      '1 ',
      '@',
      'a@',
      'a@b.',
      'a@a.a@',
      '%40',
      '+1 ',
      '(0',
      '(1)',
      '00 1',
      '4111 ',
    ];
    units.push(
      '1234567 ',
      '123-',
      'DE12 3',
      'AB1',
      '020 79 ',
      '+1(1)',
      '12.34.',
      '2026-11-',
      'tel no is ',
    );
    units.push(
      '001 ',
      '00 1(',
      '(0 1)',
      '1-',
      '1/1.',
      '00 22-22-',
      '3 7 427 ',
      '(01)23/',
      '1   (2 ',
    );
    for (const unit of units) {
      const text = unit.repeat(Math.ceil(1_000_000 / unit.length));
      expect(maskPii(text).length).toBeLessThanOrEqual(text.length * 8);
    }
  });
});
