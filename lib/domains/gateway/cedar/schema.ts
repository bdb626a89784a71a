import type { Attribute, AttributeType } from '@/lib/domains/access/server';
import type { SchemaJson } from '@/lib/infra/cedar';

/** What of a request the policies read; nothing else is given to them. */
export interface Inputs {
  types: ReadonlyMap<Attribute, AttributeType>;
  /** Time zones whose clock they ask for. */
  zones: readonly string[];
  address: boolean;
}

const cedarTypes = { text: 'String', number: 'Long', boolean: 'Boolean' } as const;

/** The Cedar schema of one action type's slice: what its policies may read, with its types. */
export function schemaFor(action: string, { types, zones, address }: Inputs): SchemaJson<string> {
  const record = (of: string) => ({
    type: 'Record' as const,
    attributes: Object.fromEntries(
      [...types]
        .filter(([attribute]) => attribute.startsWith(`${of}.`))
        .map(([attribute, type]) => [
          attribute.slice(of.length + 1),
          { type: cedarTypes[type], required: false },
        ]),
    ),
  });
  const clock = {
    type: 'Record' as const,
    attributes: { day: { type: 'Long' }, minute: { type: 'Long' } },
  };
  return {
    '': {
      entityTypes: {
        Role: {},
        Agent: {
          memberOfTypes: ['Role'],
          shape: {
            type: 'Record',
            attributes: {
              clearance: { type: 'Long' },
              state: { type: 'String' },
              environment: { type: 'String' },
              name: { type: 'String' },
              model: { type: 'String' },
            },
          },
        },
        ActionType: {
          shape: {
            type: 'Record',
            attributes: { classification: { type: 'Long' }, environment: { type: 'String' } },
          },
        },
      },
      actions: {
        [action]: {
          appliesTo: {
            principalTypes: ['Agent'],
            resourceTypes: ['ActionType'],
            context: {
              type: 'Record',
              attributes: {
                parameters: record('parameters'),
                session: record('session'),
                time: {
                  type: 'Record',
                  attributes: Object.fromEntries(zones.map((zone) => [zone, clock])),
                },
                user: {
                  type: 'Record',
                  required: false,
                  attributes: { id: { type: 'String' } },
                },
                ...(address
                  ? { address: { type: 'Extension', name: 'ipaddr', required: false } }
                  : {}),
              },
            },
          },
        },
      },
    },
  };
}
