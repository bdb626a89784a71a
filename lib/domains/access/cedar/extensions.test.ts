import { describe, expect, it } from 'vitest';
import { evaluating } from './test/evaluating';

const failed = (extension: string, message: string) =>
  `error while evaluating \`${extension}\` extension function: ${message}`;

describe('decimal', () => {
  it('holds four digits in 64 bits', () => {
    expect(evaluating('decimal("1.5") == decimal("01.5000")')).toBe(true);
    expect(evaluating('decimal("-0.5").lessThan(decimal("-0.4999"))')).toBe(true);
    expect(evaluating('decimal("-0.0") == decimal("0.0")')).toBe(true);
    expect(
      evaluating('decimal("922337203685477.5807").greaterThan(decimal("-922337203685477.5808"))'),
    ).toBe(true);
    const overflow = failed('decimal', 'overflow when converting to decimal');
    for (const text of ['922337203685477.5808', '-922337203685477.5809', '1000000000000000.0']) {
      expect(evaluating(`decimal("${text}") == 1`), text).toBe(overflow);
    }
    expect(evaluating('decimal("1.00001") == 1')).toBe(
      failed('decimal', 'too many digits after the decimal in `1.00001`'),
    );
    for (const text of ['1', '1.', '.1', '+1.0', '1.0 ', '1e1', '', '1.0\\n']) {
      expect(evaluating(`decimal("${text}") == 1`), text).toContain('is not a well-formed decimal');
    }
  });

  it('compares with decimals alone', () => {
    expect(evaluating('decimal("1.0").lessThanOrEqual(decimal("1.00"))')).toBe(true);
    expect(evaluating('decimal("1.0").greaterThanOrEqual(decimal("1.0001"))')).toBe(false);
    expect(evaluating('decimal("1.0").lessThan("2.0")')).toBe(
      'type error: expected decimal, got string',
    );
    expect(evaluating('decimal("1.0") < decimal("2.0")')).toContain('got decimal');
    expect(evaluating('decimal(1) == 1')).toBe('type error: expected string, got long');
  });
});

describe('ip', () => {
  it('knows ranges of either version, and never across', () => {
    expect(evaluating('ip("10.1.2.3").isInRange(ip("10.0.0.0/8"))')).toBe(true);
    expect(evaluating('ip("10.0.0.0/7").isInRange(ip("10.0.0.0/8"))')).toBe(false);
    expect(evaluating('ip("10.9.9.9/8").isInRange(ip("10.0.0.0/8"))')).toBe(true);
    expect(evaluating('ip("1.2.3.4").isInRange(ip("0.0.0.0/0"))')).toBe(true);
    expect(evaluating('ip("2001:db8::1").isInRange(ip("2001:db8::/32"))')).toBe(true);
    expect(evaluating('ip("10.0.0.1").isInRange(ip("::/0"))')).toBe(false);
    expect(evaluating('ip("::ffff:a00:1").isInRange(ip("10.0.0.0/8"))')).toBe(false);
    expect(evaluating('ip("::ffff:7f00:1").isIpv6() && !ip("::ffff:7f00:1").isLoopback()')).toBe(
      true,
    );
    expect(evaluating('ip("10.0.0.1") == ip("10.0.0.1/32") && ip("::1") == ip("0:0::0:1")')).toBe(
      true,
    );
    expect(evaluating('ip("1.1.1.1").isInRange("1.1.1.1")')).toBe(
      'type error: expected ipaddr, got string',
    );
  });

  it('knows loopback and multicast, of ranges that are so as a whole', () => {
    expect(evaluating('ip("127.9.9.9").isLoopback() && ip("127.0.0.0/8").isLoopback()')).toBe(true);
    expect(evaluating('ip("127.0.0.0/7").isLoopback() || ip("::1/127").isLoopback()')).toBe(false);
    expect(evaluating('ip("239.1.1.1").isMulticast() && ip("ff02::1").isMulticast()')).toBe(true);
    expect(evaluating('ip("224.0.0.0/3").isMulticast() || ip("ff00::/7").isMulticast()')).toBe(
      false,
    );
    expect(evaluating('ip("240.0.0.1").isMulticast() || ip("fe80::1").isMulticast()')).toBe(false);
    expect(evaluating('ip("1.1.1.1").isIpv4() && ip("::").isIpv6()')).toBe(true);
  });

  it('refuses what is no address', () => {
    const wrong = ['1.1.1', '1.1.1.256', '01.1.1.1', '1:2:3:4:5:6:7', '1::2::3', ':1', '12345::'];
    wrong.push('1:2:3:4:5:6:7:8::', '::%eth0', '', ' 1.1.1.1', 'g::', '1:2:3:4:5:6:7:8:9');
    for (const text of wrong) {
      expect(evaluating(`ip("${text}") == 1`), text).toBe(
        failed('ipaddr', `invalid IP address: ${text}`),
      );
    }
    expect(evaluating('ip("::ffff:127.0.0.1") == 1')).toContain('IPv4 embedded in IPv6');
    // 43 characters, of which one is two bytes.
    const long = '٣:fe80:12345:0:0:0:FFFF:12345::12345:0:0/32';
    expect([long.length, evaluating(`ip("${long}") == 1`)]).toEqual([
      43,
      failed(
        'ipaddr',
        `error parsing IP address from string \`${long}\`: string length is too large`,
      ),
    ]);
    expect(evaluating('ip("1.1.1.1/33") == 1')).toContain('33 is larger than the limit 32');
    expect(evaluating('ip("::1/129") == 1')).toContain('129 is larger than the limit 128');
    for (const prefix of ['', '08', '+8', '100', '8/8']) {
      expect(evaluating(`ip("1.1.1.1/${prefix}") == 1`), prefix).toContain('error parsing prefix');
    }
    expect(evaluating('ip("1.1.1/8") == 1')).toContain('invalid IP address syntax');
  });
});

describe('datetime and duration', () => {
  it('reads dates, times and zones', () => {
    expect(
      evaluating('datetime("1970-01-01").durationSince(datetime("1969-12-31")).toDays() == 1'),
    ).toBe(true);
    expect(evaluating('datetime("2024-02-29T00:00:00Z") == datetime("2024-02-29")')).toBe(true);
    expect(evaluating('datetime("2024-01-01T01:30:00.000+0130") == datetime("2024-01-01")')).toBe(
      true,
    );
    expect(evaluating('datetime("2023-12-31T22:30:00-0130") == datetime("2024-01-01")')).toBe(true);
    expect(evaluating('datetime("0000-01-01") < datetime("0001-01-01")')).toBe(true);
    expect(evaluating('datetime("0099-03-01T00:00:00.999Z") > datetime("0099-02-28")')).toBe(true);
    const wrong = {
      '2023-02-29': 'invalid date: 2023-02-29',
      '2024-00-01': 'invalid date: 2024-00-01',
      '2024-1-1': 'invalid date pattern',
      '2024-01-01 00:00:00Z': 'invalid hour/minute/second pattern',
      '2024-01-01T00:00Z': 'invalid hour/minute/second pattern',
      '2024-01-01T24:00:00Z': 'invalid hour/minute/second: 24:00:00',
      '2024-01-01T00:00:60Z': 'invalid hour/minute/second: 00:00:60',
      '2024-01-01T00:00:00': 'invalid millisecond and/or offset pattern',
      '2024-01-01T00:00:00.1Z': 'invalid millisecond and/or offset pattern',
      '2024-01-01T00:00:00+01:00': 'invalid millisecond and/or offset pattern',
      '2024-01-01T00:00:00+2400': 'invalid offset range: 240',
      '2024-01-01T00:00:00-0160': 'invalid offset range: 160',
      '2023-02-29T25:00:00': 'invalid millisecond and/or offset pattern',
    };
    for (const [text, message] of Object.entries(wrong)) {
      expect(evaluating(`datetime("${text}") == 1`), text).toBe(failed('datetime', message));
    }
  });

  it('reads durations, largest unit first', () => {
    expect(evaluating('duration("1d2h3m4s5ms").toMilliseconds() == 93784005')).toBe(true);
    expect(
      evaluating('duration("-1h30m").toMinutes() == -90 && duration("-90s").toMinutes() == -1'),
    ).toBe(true);
    expect(evaluating('duration("1m").toSeconds() == 60 && duration("49h").toDays() == 2')).toBe(
      true,
    );
    expect(evaluating('duration("90m").toHours() == 1 && duration("0d") == duration("-0ms")')).toBe(
      true,
    );
    expect(
      evaluating('duration("-9223372036854775808ms") < duration("9223372036854775807ms")'),
    ).toBe(true);
    for (const text of ['', '-', '1', 'd', '1s1m', '1ms1s', '+1d', '1.5h', '1d ', '1D', '--1d']) {
      expect(evaluating(`duration("${text}") == 1`), text).toBe(
        failed('duration', 'invalid duration pattern'),
      );
    }
    for (const text of ['9223372036854775808ms', '106751991168d', '-99999999999999999999d']) {
      expect(evaluating(`duration("${text}") == 1`), text).toContain('overflows');
    }
  });

  it('adds and takes apart, with an error beyond 64 bits', () => {
    const least = 'datetime("1970-01-01").offset(duration("-9223372036854775808ms"))';
    expect(
      evaluating('datetime("2024-01-31").offset(duration("1d")) == datetime("2024-02-01")'),
    ).toBe(true);
    expect(evaluating('datetime("1969-12-31T23:00:00Z").toDate() == datetime("1969-12-31")')).toBe(
      true,
    );
    expect(evaluating('datetime("1969-12-31T23:00:00Z").toTime() == duration("23h")')).toBe(true);
    expect(evaluating('datetime("1969-12-31").toTime() == duration("0ms")')).toBe(true);
    expect(evaluating(`${least}.toTime() >= duration("0ms")`)).toBe(true);
    expect(evaluating(`${least}.toDate() == 1`)).toContain('overflows when computing the date of');
    expect(evaluating(`${least}.offset(duration("-1ms")) == 1`)).toContain('overflows when adding');
    expect(evaluating(`datetime("1970-01-01").durationSince(${least}) == 1`)).toContain(
      'overflows when computing the duration',
    );
    expect(evaluating('datetime("2024-01-01").offset("1d") == 1')).toBe(
      'type error: expected duration, got string',
    );
    expect(evaluating('duration("1d").toTime() == 1')).toBe(
      'type error: expected datetime, got duration',
    );
  });
});
