/**
 * A permission as Cedar: one `permit` annotated with its id and tier, or, with a ladder, three
 * that meet without gap or overlap. The gateway compiles this text, and people read it.
 */
import type { Condition } from '../condition';
import { scaledThreshold } from '../scale';
import type { Ladder, Tier } from '../schema';
import { conditionText, type Known } from './condition';
import { quote } from './literal';

export interface Permit {
  tier: Tier;
  text: string;
}

export interface Permittable {
  id: string;
  role: string;
  action: string;
  tier: Tier | null;
  ladder: Ladder | null;
  condition: Condition;
}

export function permitTexts(permission: Permittable, types: Known): Permit[] {
  const { id, role, action, tier: fixed, ladder } = permission;
  const condition = conditionText(permission.condition, types);
  const fixedStep = fixed === null ? [] : [{ tier: fixed, when: condition }];
  return (ladder ? steps(ladder, condition) : fixedStep).map(({ tier, when }) => ({
    tier,
    text: `@id(${quote(id)})
@tier("${tier}")
permit (principal in Role::${quote(role)}, action == Action::${quote(action)}, resource)${
      when === '' ? '' : `\nwhen { ${when} }`
    };`,
  }));
}

function steps(ladder: Ladder, condition: string): { tier: Tier; when: string }[] {
  const { parameter, autonomous, supervised, gated } = ladder;
  const name = quote(parameter);
  const value = `context.parameters[${name}]`;
  // A negative amount stands on no step: nothing may be undone by asking for less than nothing.
  const step = (tier: Tier, above: string, upTo: number) => ({
    tier,
    when: [
      `context.parameters has ${name}`,
      `${value} ${above}`,
      `${value} <= ${scaledThreshold(upTo)}`,
      ...(condition === '' ? [] : [condition]),
    ].join(' && '),
  });
  return [
    step(1, '>= 0', autonomous),
    step(2, `> ${Math.max(-1, scaledThreshold(autonomous))}`, supervised),
    step(3, `> ${Math.max(-1, scaledThreshold(supervised))}`, gated),
  ];
}
