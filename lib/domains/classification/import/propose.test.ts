import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProposeImport } from '../schema';
import { byName } from './names';
import { propose } from './propose';
import { readImport } from './read';

/** `asset.field` to `level handling`. */
function proposed(input: unknown): Record<string, string> {
  const assets = readImport(ProposeImport.parse(input));
  return Object.fromEntries(
    assets.flatMap(({ name, fields }) =>
      fields.map((field) => {
        const { classification, handling } = propose(field, name);
        return [`${name}.${field.name}`, `${classification} ${handling}`];
      }),
    ),
  );
}

function columns(table: string, types: Record<string, string>, table_schema = 'public') {
  return Object.entries(types).map(([column_name, data_type], index) => ({
    ...{ table_catalog: 'shop', table_schema, table_name: table, column_name },
    ...{ ordinal_position: index + 1, is_nullable: 'YES', data_type },
  }));
}

describe('a PostgreSQL schema', () => {
  it('of a shop is proposed by its names', () => {
    const customers = {
      id: 'bigint',
      name: 'text',
      email: 'text',
      email_verified: 'boolean',
      phone_number: 'text',
      birth_date: 'date',
      street: 'text',
      postcode: 'text',
      country_code: 'character',
      password_hash: 'text',
      password_changed_at: 'timestamp with time zone',
      iban: 'text',
      notes: 'text',
      last_login_ip: 'inet',
      created_at: 'timestamp with time zone',
    };
    const payments = {
      id: 'uuid',
      customer_id: 'bigint',
      card_number: 'text',
      card_type: 'text',
      cvv: 'text',
      amount: 'numeric',
      currency: 'text',
    };
    const staff = { employee_name: 'text', salary: 'numeric', tax_id: 'text', diagnosis: 'text' };
    expect(
      proposed({
        format: 'postgres',
        columns: [
          ...columns('customers', customers),
          ...columns('payments', payments),
          ...columns('staff', staff, 'hr'),
          ...columns('products', {
            name: 'text',
            sku: 'text',
            price: 'numeric',
            token_count: 'int',
          }),
        ],
      }),
    ).toEqual({
      'customers.id': 'Internal none',
      'customers.name': 'Confidential none',
      'customers.email': 'Confidential mask',
      'customers.email_verified': 'Internal none',
      'customers.phone_number': 'Confidential mask',
      'customers.birth_date': 'Confidential redact',
      'customers.street': 'Confidential mask',
      'customers.postcode': 'Confidential mask',
      'customers.country_code': 'Internal none',
      'customers.password_hash': 'Restricted never_leave',
      'customers.password_changed_at': 'Internal none',
      'customers.iban': 'Restricted mask',
      'customers.notes': 'Confidential none',
      'customers.last_login_ip': 'Confidential tokenise',
      'customers.created_at': 'Internal none',
      'payments.id': 'Internal none',
      'payments.customer_id': 'Internal none',
      'payments.card_number': 'Restricted mask',
      'payments.card_type': 'Internal none',
      'payments.cvv': 'Restricted never_leave',
      'payments.amount': 'Internal none',
      'payments.currency': 'Internal none',
      'hr.staff.employee_name': 'Confidential none',
      'hr.staff.salary': 'Restricted redact',
      'hr.staff.tax_id': 'Restricted redact',
      'hr.staff.diagnosis': 'Restricted redact',
      'products.name': 'Internal none',
      'products.sku': 'Internal none',
      'products.price': 'Internal none',
      'products.token_count': 'Internal none',
    });
  });

  it('with rows is proposed by what they look like, whatever the names', () => {
    const c1 = ['4111111111111111', '5500005555555559', '340000000000009'];
    const rows = c1.map((card, index) => ({
      a: card,
      b: `person${index}@example.test`,
      c: 'GB82 WEST 1234 5698 7654 32',
      d: index === 0 ? 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl' : 'none',
      e: `Please write to person${index}@example.test about the order, thank you very much`,
      f: 1_000_000 + index,
      g: 'The parcel came late and the box was open when I got it',
      h: null,
      i: '+44 20 7946 0958',
    }));
    const types = Object.fromEntries([...'abcdefghi'].map((name) => [name, 'text']));
    const input = ProposeImport.parse({
      format: 'postgres',
      columns: columns('t', types),
      samples: { t: rows },
    });
    const [asset] = readImport(input);
    const found = asset?.fields.map((field) => propose(field, 't')) ?? [];
    expect(found.map((one) => `${one.name} ${one.classification} ${one.handling}`)).toEqual([
      'a Restricted mask',
      'b Confidential mask',
      'c Restricted mask',
      'd Restricted never_leave',
      'e Confidential mask',
      'f Internal none',
      'g Confidential none',
      'h Internal none',
      'i Confidential mask',
    ]);
    expect(found[0]?.reason).toBe('3 of 3 samples are card numbers.');
    expect(found[3]?.reason).toBe('1 of 3 samples are secrets.');
    const said = JSON.stringify(found);
    for (const row of rows) {
      for (const value of [row.a, row.b, row.d]) {
        if (value !== 'none') expect(said).not.toContain(value);
      }
    }
  });

  it('never says less than a name or a sample does', () => {
    const input = { format: 'postgres', columns: columns('t', { salary: 'text', email: 'text' }) };
    const samples = { t: [{ salary: 'a@b.test', email: '4111111111111111' }] };
    expect(proposed({ ...input, samples })).toEqual({
      't.salary': 'Restricted redact',
      't.email': 'Restricted mask',
    });
  });
});

describe('a JSON Schema', () => {
  it('is read through references, arrays, maps and alternatives', () => {
    const document = {
      title: 'Order',
      type: 'object',
      properties: {
        id: { type: 'string' },
        customer: { $ref: '#/$defs/person' },
        lines: {
          type: 'array',
          items: {
            type: 'object',
            properties: { sku: { type: 'string' }, gift_note: { type: 'string' } },
          },
        },
        contacts: { type: 'array', items: { $ref: '#/$defs/person' } },
        emails: { type: 'array', items: { type: 'string', format: 'email' } },
        payment: {
          oneOf: [
            {
              properties: { card: { type: 'object', properties: { number: { type: 'string' } } } },
            },
            {
              properties: {
                account: { type: 'string', examples: ['GB82 WEST 1234 5698 7654 32'] },
              },
            },
          ],
        },
        access: { type: 'string', writeOnly: true },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
      },
      $defs: {
        person: {
          properties: {
            firstName: { type: 'string' },
            birthDate: { type: 'string', format: 'date' },
            manager: { $ref: '#/$defs/person' },
          },
        },
      },
    };
    expect(proposed({ format: 'json_schema', document })).toEqual({
      'Order.id': 'Internal none',
      'Order.customer.firstName': 'Confidential none',
      'Order.customer.birthDate': 'Confidential redact',
      'Order.customer.manager': 'Internal none',
      'Order.lines[].sku': 'Internal none',
      'Order.lines[].gift_note': 'Confidential none',
      'Order.contacts[].firstName': 'Confidential none',
      'Order.contacts[].birthDate': 'Confidential redact',
      'Order.contacts[].manager': 'Internal none',
      'Order.emails': 'Confidential mask',
      'Order.payment.card.number': 'Restricted mask',
      'Order.payment.account': 'Restricted mask',
      'Order.access': 'Restricted never_leave',
      'Order.labels.*': 'Internal none',
    });
  });

  it('is sampled by its documents', () => {
    const document = { properties: { people: { items: { properties: { x: {} } } } } };
    const samples = [{ people: [{ x: 'ada@example.test' }, { x: 'bob@example.test' }] }];
    expect(proposed({ format: 'json_schema', name: 'crm', document, samples })).toEqual({
      'crm.people[].x': 'Confidential mask',
    });
  });

  it('of an API is read by its definitions', () => {
    const schemas = {
      User: {
        properties: { email: { type: 'string' }, friend: { $ref: '#/components/schemas/User' } },
      },
      Status: { type: 'string' },
    };
    expect(proposed({ format: 'json_schema', document: { components: { schemas } } })).toEqual({
      'User.email': 'Confidential mask',
      'User.friend': 'Internal none',
    });
  });

  it('that refers to itself in very many ways is refused, and soon', () => {
    const names = Array.from({ length: 12 }, (_, index) => `part${index}`);
    const $defs = Object.fromEntries(
      names.map((name, index) => {
        const ref = { $ref: `#/$defs/part${index + 1}` };
        return [name, { allOf: Array.from({ length: 9 }, () => ({ ...ref })) }];
      }),
    );
    const document = { $ref: '#/$defs/part0', $defs };
    expect(() => proposed({ format: 'json_schema', document })).toThrow('too many ways');
  });

  it('is refused when it describes nothing', () => {
    const read = () => proposed({ format: 'json_schema', document: { type: 'string' } });
    expect(read).toThrow('describes no properties');
  });
});

describe('a name', () => {
  it.each([
    ['firstName', "a person's name"],
    ['Vorname', "a person's name"],
    ['E-Mail', 'an email address'],
    ['telefonnummer', 'a telephone number'],
    ['Straße', 'part of a postal address or a place'],
    ['contraseña', 'a secret'],
    ['APIKey', 'a secret'],
    ['bloodType', 'about health'],
    ['is_pregnant', 'about health'],
    ['bank.account', 'a bank account'],
    ['message_id', undefined],
    ['address_id', undefined],
    ['file_name', undefined],
    ['mapping', undefined],
    ['pinned', undefined],
    ['ageing_bucket', undefined],
  ])('%s says %s', (name, what) => {
    expect(byName({ name, asset: 'things', flag: name.startsWith('is_') })?.what).toBe(what);
  });

  it('of any kind is read without failing', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.array(fc.anything()), (name, asset, samples) => {
        const field = { name, type: '', format: asset, samples };
        expect(propose(field, asset).reason).not.toBe('');
      }),
    );
  });
});
