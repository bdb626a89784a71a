/** What the policies find of an open request, as cedar/context.ts and cedar/by-hand.ts give it to them. */
import type { AgentSlice } from '../cedar/by-hand';
import type { Inputs } from '../cedar/schema';
import type { Raw } from './raw';
import type { OpenRequest } from './request';
import { type Field, flag, long, Outside, type Symbolic } from './symbolic';
import { and, not, or, type Term, within, yes } from './term';

const record = (fields: Iterable<[string, Field]>): Symbolic => ({
  is: 'record',
  fields: new Map(fields),
});
const always = (value: Symbolic): Field => ({ present: yes, value: () => value });
/** What no policy asks for is no variable of the question. */
const asked = (present: () => Term, value: Field['value']): Field => ({
  get present() {
    return present();
  },
  value,
});

/** For permissions: whatever is of another type than it is compared as is not there. */
export function permissionContext(request: OpenRequest, inputs: Inputs): Symbolic {
  const fields = (of: 'parameters' | 'session') =>
    [...inputs.types].flatMap(([attribute, kind]): [string, Field][] => {
      const dot = attribute.indexOf('.');
      const name = attribute.slice(dot + 1);
      if (attribute.slice(0, dot) !== of) return [];
      const raw = () => request.raw(of, name);
      if (kind === 'number') {
        const present = () => and(raw().isNumber, raw().isScaled);
        return [[name, asked(present, () => long(raw().number))]];
      }
      if (kind === 'boolean') {
        return [
          [
            name,
            asked(
              () => raw().isBoolean,
              () => flag(raw().flag),
            ),
          ],
        ];
      }
      return [
        [
          name,
          asked(
            () => raw().isText,
            () => ({ is: 'string', term: raw().text }),
          ),
        ],
      ];
    });
  return record([
    ['parameters', always(record(fields('parameters')))],
    ['session', always(record(fields('session')))],
    ...surrounding(request, inputs.zones, inputs.address),
  ]);
}

/** For policies by hand; see `unfit` for what is not of its type. */
export function byHandContext(request: OpenRequest, slice: AgentSlice): Symbolic {
  const { reads } = slice;
  const fields = (of: 'parameters' | 'session') =>
    read(slice, of).map(([name, type]): [string, Field] => {
      const raw = () => request.raw(of, name);
      return [
        name,
        asked(
          () => raw().present,
          () => valueOf(raw(), type, name),
        ),
      ];
    });
  return record([
    ['parameters', always(record(fields('parameters')))],
    ['session', always(record(fields('session')))],
    ...surrounding(request, [...reads.zones], reads.address),
  ]);
}

/** When a value is there and not of its type, which is an error of all policies by hand. */
export function unfit(request: OpenRequest, slice: AgentSlice): Term {
  return or(
    ...(['parameters', 'session'] as const).flatMap((of) =>
      read(slice, of).map(([name, type]) => {
        const raw = request.raw(of, name);
        return and(raw.present, not(fits(raw, type)));
      }),
    ),
  );
}

function read({ reads, parameters }: AgentSlice, of: 'parameters' | 'session'): [string, string][] {
  if (of === 'session') return [...reads.session];
  return Object.entries(parameters).flatMap(([name, { type, name: extension }]) =>
    reads.everything || reads.parameters.has(name) ? [[name, extension ?? type]] : [],
  );
}

const least = -BigInt(Number.MAX_SAFE_INTEGER);

function fits(raw: Raw, type: string): Term {
  switch (type) {
    case 'String':
      return raw.isText;
    case 'Boolean':
      return raw.isBoolean;
    case 'Long':
      return and(raw.isNumber, raw.exact, raw.isWhole, within(raw.whole, least, -least));
    case 'decimal':
      return and(raw.isNumber, raw.exact, within(raw.number, -(2n ** 63n), 2n ** 63n - 1n));
    default:
      // Its JSON Schema has seen to it.
      return yes;
  }
}

function valueOf(raw: Raw, type: string, name: string): Symbolic {
  if (type === 'String') return { is: 'string', term: raw.text };
  if (type === 'Boolean') return flag(raw.flag);
  if (type === 'Long') return long(raw.whole);
  if (type === 'decimal') return { is: 'decimal', term: raw.number };
  throw new Outside(`the list ${name}`);
}

function surrounding(
  request: OpenRequest,
  zones: readonly string[],
  address: boolean,
): [string, Field][] {
  const clocks = zones.map((zone): [string, Field] => [
    zone,
    asked(
      () => yes,
      () => {
        const { day, minute } = request.clock(zone);
        return record([
          ['day', always(long(day))],
          ['minute', always(long(minute))],
        ]);
      },
    ),
  ]);
  const id = () => always({ is: 'string', term: request.user().id });
  const user = asked(
    () => request.user().present,
    () => record([['id', id()]]),
  );
  const network = asked(
    () => request.network.present,
    () => ({ is: 'address' }),
  );
  return [
    ['time', always(record(clocks))],
    ['user', user],
    ...(address ? [['address', network] satisfies [string, Field]] : []),
  ];
}
