/** Proposes how each field is to be classified, and says why. A person confirms it. */
import { type Handling, rank, stricter } from '../levels';
import type { ProposedAsset } from '../schema';
import { byName, type Finding, isFreeText } from './names';
import type { ReadAsset, ReadField } from './read';
import { byShape, isProse } from './shapes';

type Proposed = ProposedAsset['fields'][number];

/** What the formats of JSON Schema say. */
const formats: Readonly<Record<string, Finding>> = {
  email: { classification: 'Confidential', handling: 'mask', what: 'an email address' },
  'idn-email': { classification: 'Confidential', handling: 'mask', what: 'an email address' },
  phone: { classification: 'Confidential', handling: 'mask', what: 'a telephone number' },
  ipv4: { classification: 'Confidential', handling: 'tokenise', what: 'a network address' },
  ipv6: { classification: 'Confidential', handling: 'tokenise', what: 'a network address' },
  password: { classification: 'Restricted', handling: 'never_leave', what: 'a secret' },
  secret: { classification: 'Restricted', handling: 'never_leave', what: 'only ever written' },
};

export function proposeAll(assets: readonly ReadAsset[]): ProposedAsset[] {
  return assets.map(({ name, kind, fields }) => ({
    ...{ name, kind },
    fields: fields.map((field) => propose(field, name)),
  }));
}

/** One field's proposal: the highest of what its name, its format and its samples say. */
export function propose(field: ReadField, asset: string): Proposed {
  const { name, type, format, samples } = field;
  const flag = /^bool(?:ean)?$/i.test(type);
  const named = byName({ name, asset, flag });
  const formatted = Object.hasOwn(formats, format) ? formats[format] : undefined;
  const looked = byShape(samples);
  const said = [
    ...(named ? [{ ...named, reason: `Its name says that it is ${named.what}.` }] : []),
    ...(formatted
      ? [{ ...formatted, reason: `Its format says that it is ${formatted.what}.` }]
      : []),
    ...(looked ? [{ ...looked, reason: `${looked.reason}.` }] : []),
  ];
  if (said.length === 0) return { name, type, ...unsaid(field, flag) };
  const highest = said.reduce((one, other) => (isHigher(other, one) ? other : one));
  return {
    ...{ name, type, classification: highest.classification },
    // Of what is equally high, the strictest handling.
    handling: said
      .filter(({ classification }) => classification === highest.classification)
      .reduce<Handling>((most, { handling }) => stricter(most, handling), 'none'),
    reason: said
      .filter((one) => one === highest || one.what === highest.what)
      .map(({ reason }) => reason)
      .join(' '),
  };
}

function isHigher(one: Finding, other: Finding): boolean {
  return rank(one.classification) > rank(other.classification);
}

function unsaid({ name, samples }: ReadField, flag: boolean): Omit<Proposed, 'name' | 'type'> {
  if (!flag && (isFreeText(name) || isProse(samples))) {
    return {
      classification: 'Confidential',
      handling: 'none',
      reason: 'Free text may hold anything that people write.',
    };
  }
  return {
    classification: 'Internal',
    handling: 'none',
    reason: 'Nothing about it suggests personal or secret data.',
  };
}
