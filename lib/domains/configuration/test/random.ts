/** Random configurations that hang together. */
import fc from 'fast-check';
import { kinds } from '../kinds';
import type { Files } from '../schema';

const word = fc.stringMatching(/^[a-z][a-z0-9-]{1,8}$/);
const levels = ['Public', 'Internal', 'Confidential', 'Restricted'] as const;
const level = fc.constantFrom(...levels);
const text = fc.string({ unit: 'grapheme', maxLength: 30 }).map(trimmed);
const shown = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .filter((name) => trimmed(name) === name && /^[^\p{Cc}\p{Cs}]+$/u.test(name));
const upTo = <T>(item: fc.Arbitrary<T>, selector: (item: T) => unknown, maxLength = 4) =>
  fc.uniqueArray(item, { selector, maxLength });

function trimmed(value: string): string {
  return value.replaceAll('\u0000', '').trim();
}

/** Where every secret goes: to one origin, whatever uses it. */
const HOME = 'https://a.test';

const secret = fc.record({
  name: word,
  description: text,
  rotator: fc.oneof(
    fc.constant({ kind: 'manual' }),
    fc.record({
      kind: fc.constant('http_api_keys'),
      baseUrl: fc.constant(`${HOME}/keys`),
      graceSeconds: fc.nat(900),
    }),
  ),
  rotateEveryDays: fc.option(fc.integer({ min: 1, max: 700 })),
});

const tool = (secrets: string[]) =>
  fc.constantFrom(null, ...secrets).chain((uses) => toolWith(uses));

const toolWith = (uses: string | null) =>
  fc.record({
    name: word,
    description: text,
    baseUrl: fc.constantFrom(HOME, uses === null ? 'http://127.0.0.1:9/v1' : `${HOME}/v1`),
    auth: fc.constantFrom({ type: 'none' }, { type: 'bearer' }, { type: 'header', header: 'X-K' }),
    secret: fc.constant(uses),
    environment: fc.constantFrom(null, 'development', 'production'),
    timeoutMs: fc.integer({ min: 100, max: 60_000 }),
  });

const actionType = (tools: string[]) =>
  fc.record({
    key: fc.tuple(word, word).map((parts) => parts.join('.').replaceAll('-', '_')),
    tool: fc.constantFrom(...tools),
    title: fc.constantFrom('Read it', 'Größe ändern “now”'),
    description: text,
    parameters: fc
      .dictionary(fc.constantFrom('note', 'zone', 'Ä'), fc.record({ description: text }))
      .map((more) => ({
        type: 'object',
        properties: { ...more, amount: { type: 'number' }, id: { type: 'string' } },
        required: ['amount', 'id'],
        additionalProperties: false,
      })),
    rules: fc.constantFrom([], [{ parameter: 'id', rule: 'equals_session', attribute: 'id' }]),
    effects: fc.constantFrom(['write'], ['financial', 'write'], ['external_communication']),
    reversibility: fc.constantFrom('reversible', 'irreversible'),
    classification: level,
    method: fc.constantFrom('POST', 'PUT'),
    pathTemplate: fc.constantFrom('/x', '/x/{id}'),
    sentence: fc.constantFrom('', 'Do {amount} of {id}'),
    signing: fc.constantFrom(null, 'session', 'passkey'),
    narrowable: fc.constantFrom([], ['amount']),
  });

const number = fc.integer({ min: 0, max: 10_000_000 }).map((value) => value / 10_000);
const clause = fc.oneof(
  // Always a number: an attribute that is one for this condition cannot be a text for the next.
  fc.record({
    on: fc.constant('compare'),
    left: fc.constant('session.limit'),
    is: fc.constantFrom('<', '<=', '==', '!='),
    right: number,
  }),
  fc.record({
    on: fc.constant('compare'),
    left: fc.constant('parameters.amount'),
    is: fc.constantFrom('<', '<=', '==', '!='),
    right: fc.oneof(number, fc.constant({ attribute: 'session.limit' })),
  }),
  fc.record({ on: fc.constant('has'), left: fc.constantFrom('session.user', 'user.id') }),
  fc.record({ on: fc.constant('like'), left: fc.constant('agent.name'), pattern: shown }),
  fc.record({ on: fc.constant('classification'), atMost: level }),
  fc.record({
    on: fc.constant('network'),
    ranges: fc.constantFrom(['10.0.0.0/8'], ['::/0', '1.2.3.4/32']),
  }),
);
const permission = (actions: string[]) =>
  fc
    .record({
      action: fc.constantFrom(...actions),
      rule: fc.oneof(
        fc.constantFrom(1, 2, 3).map((tier) => ({ tier, ladder: null })),
        fc.tuple(number, number, number).map((rungs) => {
          const [autonomous, supervised, gated] = rungs.toSorted((a, b) => a - b);
          return { tier: null, ladder: { parameter: 'amount', autonomous, supervised, gated } };
        }),
      ),
      condition: fc.array(clause, { maxLength: 3 }),
      limits: fc.record(
        { perMinute: fc.integer({ min: 1, max: 99 }), perDay: fc.integer({ min: 1, max: 999 }) },
        { requiredKeys: [] },
      ),
    })
    .map(({ action, rule, condition, limits }) => ({ action, ...rule, condition, limits }));

const role = (actions: string[]) =>
  fc.record({
    name: word,
    description: text,
    permissions:
      actions.length === 0
        ? fc.constant([])
        : upTo(permission(actions), ({ action, condition }) => JSON.stringify([action, condition])),
  });

const asset = fc.record({
  name: shown,
  description: text,
  kind: fc.constantFrom('table', 'document', 'file', 'other'),
  fields: upTo(
    fc.record({
      name: shown,
      classification: level,
      handling: fc.constantFrom('none', 'mask', 'tokenise', 'redact', 'never_leave'),
      note: text,
    }),
    ({ name }) => name,
    3,
  ),
});

const agent = (roles: string[]) =>
  fc.record({
    name: word,
    purpose: fc.constantFrom('Answers what customers ask.', 'Tut, was man ihm sagt.'),
    sponsor: fc.constantFrom(null, 'nobody@example.test'),
    environment: fc.constantFrom('development', 'staging', 'production'),
    model: word,
    clearance: level,
    roles: fc.subarray(roles),
  });

const floors = {
  irreversible: fc.constantFrom(1, 2, 3),
  external_communication: fc.constantFrom(1, 2, 3),
};

const signing = fc.constantFrom('session', 'step_up', 'passkey');
const group = fc.record({ name: shown, description: text, members: fc.constant([]) });

const routes = (groups: string[], agents: string[], actions: string[]) => {
  const who = fc.constantFrom(null, ...groups);
  const some = (names: string[]) => fc.subarray(names, { minLength: 1 });
  return fc.array(
    fc.record({
      // The same name twice is no mistake.
      name: fc.constantFrom('Large', 'Rest', 'Übrige'),
      fits: fc.record(
        {
          classification: level,
          amount_from: number,
          ...(agents.length > 0 ? { agents: some(agents) } : {}),
          ...(actions.length > 0 ? { action_types: some(actions) } : {}),
        },
        { requiredKeys: [] },
      ),
      needs: fc.array(
        fc.record({
          group: who,
          count: fc.integer({ min: 1, max: 10 }),
          escalation: fc.array(
            fc.record({ after_minutes: fc.integer({ min: 1, max: 43_200 }), group: who }),
            { maxLength: 2 },
          ),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      wait_minutes: fc.option(fc.integer({ min: 1, max: 43_200 })),
      signing: fc.option(signing),
    }),
    { maxLength: 4 },
  );
};

const workspace = fc.record({
  timeZone: fc.constantFrom('UTC', 'Asia/Tokyo'),
  settings: fc.record({
    approvalTtlMinutes: fc.integer({ min: 1, max: 43_200 }),
    signing,
    sampleSize: fc.nat(1_000),
    reviewDueHours: fc.integer({ min: 1, max: 168 }),
    credentialMaxAgeDays: fc.integer({ min: 1, max: 730 }),
    secretMaxAgeDays: fc.integer({ min: 1, max: 730 }),
    tierFloors: fc.record({
      ...floors,
      environments: fc.record(
        { development: fc.record(floors), production: fc.record(floors) },
        { requiredKeys: [] },
      ),
    }),
    requireSecondFactor: fc.boolean(),
    plantedPer100: fc.integer({ min: 0, max: 20 }),
    secondAdminWidens: fc.constant(false),
  }),
});

/** Files in any order of their members, fields and permissions. */
export const configurations: fc.Arbitrary<Files> = fc
  .record({
    secrets: upTo(secret, ({ name }) => name),
    assets: upTo(asset, ({ name }) => name, 3),
    groups: upTo(group, ({ name }) => name, 3),
  })
  .chain(({ secrets, assets, groups }) =>
    upTo(tool(secrets.map(({ name }) => name)), ({ name }) => name, 3).chain((tools) =>
      (tools.length === 0
        ? fc.constant<never[]>([])
        : upTo(actionType(tools.map(({ name }) => name)), ({ key }) => key)
      ).chain((types) =>
        upTo(role(types.map(({ key }) => key)), ({ name }) => name, 3).chain((roles) =>
          fc
            .tuple(
              upTo(agent(roles.map(({ name }) => name)), ({ name }) => name),
              workspace,
            )
            .chain(([agents, settings]) =>
              fc.tuple(
                fc.constant(agents),
                fc.constant(settings),
                routes(
                  names(groups),
                  names(agents),
                  types.map(({ key }) => key),
                ),
              ),
            )
            .map(([agents, settings, approvals]) => {
              const keys = types.map(({ key }) => key);
              const linked = assets.map((one, at) => ({
                ...one,
                fields: withLinks(one, at, keys),
              }));
              return filesOf([
                ...[[settings], secrets, tools, types, linked, roles, agents],
                ...[[], [], groups, approvals.length > 0 ? [approvals] : []],
              ]);
            }),
        ),
      ),
    ),
  );

const names = (things: { name: string }[]) => things.map(({ name }) => name);

/** Each field is met in a place of its own. */
function withLinks({ fields }: { fields: object[] }, asset: number, actionTypes: string[]) {
  return fields.map((field, at) => ({
    ...field,
    links: actionTypes.map((key) => ({
      actionType: key,
      direction: 'output',
      path: `items[].f${asset}_${at}`,
    })),
  }));
}

function filesOf(things: object[][]): Files {
  const files = kinds.flatMap((kind, at) =>
    (things[at] ?? []).map((document): [string, string] => [
      kind.fileOf(kind.nameOf(document)),
      JSON.stringify(document),
    ]),
  );
  return Object.fromEntries(files);
}
