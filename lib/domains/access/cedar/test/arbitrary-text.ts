/** Text for strings, patterns and the constructors of the extension types, right and wrong. */
import fc from 'fast-check';

const characters = [
  'a',
  'b',
  'B',
  '*',
  '\\',
  '"',
  "'",
  ' ',
  '\n',
  '\0',
  'é',
  '٣',
  '\u{1f600}',
  '/',
];

export const texts = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('', 'a', 'ab', 'aab', 'b*', '*', '\0"a', 'constructor') },
  fc.array(fc.constantFrom(...characters), { maxLength: 6 }).map((each) => each.join('')),
);

const digits = (maxLength: number) =>
  fc.oneof(
    fc.nat({ max: 60 }).map(String),
    fc.array(fc.constantFrom(...'0123456789'), { maxLength }).map((each) => each.join('')),
  );

/** A right text, now and then with a character lost or put in. */
function spoiled(right: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const spoil = fc
    .tuple(right, fc.nat({ max: 30 }), fc.constantFrom('', '0', '-', ':', '.', ' ', '\n', '٣', 'Z'))
    .map(([text, at, put]) => text.slice(0, at) + put + text.slice(at + 1));
  return fc.oneof({ weight: 6, arbitrary: right }, spoil, texts);
}

export const decimals = spoiled(
  fc.oneof(
    fc
      .tuple(fc.constantFrom('', '-'), digits(4), digits(4))
      .map(([sign, whole, fraction]) => `${sign}${whole}.${fraction}`),
    fc.constantFrom('1.0', '1.00', '-0.0', '0.0', '1.00001', '-0.5', '01.50'),
    fc.constantFrom('922337203685477.5807', '922337203685477.5808', '-922337203685477.5808'),
    fc.constantFrom('-922337203685477.5809', '922337203685478.0', '9223372036854775808.0'),
  ),
);

const groups = fc.constantFrom('0', '1', 'a', 'ff', 'fe80', 'FFFF', '00ff', '12345');
const prefixes = fc.oneof(
  { weight: 2, arbitrary: fc.constant('') },
  fc.constantFrom('/0', '/1', '/4', '/8', '/24', '/31', '/32', '/33', '/64', '/127', '/128'),
  fc.constantFrom('/', '/08', '/129', '/256', '/999', '/1000', '/a', '/ 1', '/-1', '/8/8'),
);

export const ips = spoiled(
  fc.oneof(
    fc
      .tuple(
        fc.array(fc.constantFrom('0', '1', '10', '127', '224', '239', '255', '256', '01'), {
          minLength: 4,
          maxLength: 4,
        }),
        prefixes,
      )
      .map(([parts, prefix]) => parts.join('.') + prefix),
    fc
      .tuple(
        fc.array(groups, { maxLength: 8 }),
        fc.constantFrom('::', ':'),
        fc.array(groups, { maxLength: 8 }),
        prefixes,
      )
      .map(([head, between, tail, prefix]) => head.join(':') + between + tail.join(':') + prefix),
    fc
      .tuple(fc.array(groups, { minLength: 8, maxLength: 8 }), prefixes)
      .map(([parts, prefix]) => parts.join(':') + prefix),
    fc.constantFrom('127.0.0.1', '10.0.0.0/8', '10.1.2.3', '::1', '::', 'ff00::/8', 'ff02::1'),
    fc.constantFrom('::ffff:127.0.0.1', '::ffff:7f00:1', '224.0.0.0/3', '127.0.0.1/7', '0.0.0.0/0'),
  ),
);

const two = (max: number) => fc.nat({ max }).map((value) => String(value).padStart(2, '0'));

export const datetimes = spoiled(
  fc.oneof(
    fc
      .tuple(
        fc.constantFrom('2024', '2023', '1969', '0000', '9999', '1900', '2000'),
        two(13),
        fc.oneof(two(32), fc.constantFrom('28', '29', '30', '31')),
      )
      .map((parts) => parts.join('-')),
    fc
      .tuple(
        two(24),
        two(60),
        two(60),
        fc.constantFrom('', '.000', '.999', '.5', '.1234'),
        fc.constantFrom('Z', 'z', '', '+0000', '-0130', '+2359', '+2400', '-0060', '+01:00'),
        fc.constantFrom('2024-02-29', '2023-02-29', '1970-01-01', '0000-01-01', '9999-12-31'),
      )
      .map(
        ([hours, minutes, seconds, fraction, zone, date]) =>
          `${date}T${hours}:${minutes}:${seconds}${fraction}${zone}`,
      ),
    fc.constantFrom('1970-01-01', '2024-10-15T11:35:00Z', '1969-12-31T23:59:59.999Z'),
  ),
);

const longest = ['106751991167d', '-106751991168d', '9223372036854775807ms'];

export const durations = spoiled(
  fc.oneof(
    fc
      .tuple(
        fc.constantFrom('', '-'),
        fc.subarray(['d', 'h', 'm', 's', 'ms'], { minLength: 1 }),
        fc.array(digits(20), { minLength: 5, maxLength: 5 }),
      )
      .map(([sign, units, counts]) => sign + units.map((unit, at) => counts[at] + unit).join('')),
    fc.constantFrom(...longest, '-9223372036854775808ms', '9223372036854775808ms'),
    fc.constantFrom('1d', '-1d', '1h30m', '0ms', '1m', '1ms', '-', '', '1s1m', '1', '1d2h3m4s5ms'),
  ),
);
