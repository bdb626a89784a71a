import { type Actor, withAnyRole } from '@/lib/kernel/actor';
import { all, allow, deny, type Verdict } from '@/lib/kernel/verdict';

export function readClassification(actor: Actor): Verdict {
  return actor.type === 'job'
    ? allow
    : withAnyRole(actor, 'Only members see how data is classified.');
}

export function manageClassification(actor: Actor): Verdict {
  if (actor.type === 'job' && actor.id === 'demo.seed') return allow;
  if (actor.type === 'member' && actor.roles.includes('admin')) return allow;
  return deny('Only an admin classifies data.');
}

const alive = (state: string) =>
  state === 'retired' ? deny('The data asset is retired and stays as it was.') : allow;

// What is linked must be unlinked first: nothing becomes less protected by the way.

/** Whether none of an asset's fields is linked. */
export function assetUnlinked(linkedFields: number): Verdict {
  if (linkedFields === 0) return allow;
  const fields = linkedFields === 1 ? 'one of its fields' : `${linkedFields} of its fields`;
  return deny(`Action types are linked to ${fields}. Unlink them there first.`);
}

export function fieldUnlinked(links: number): Verdict {
  if (links === 0) return allow;
  const places = links === 1 ? 'one place' : `${links} places`;
  return deny(`Action types are linked to it in ${places}. Unlink it there first.`);
}

/** What this member may do with a data asset in this state. */
export function assetAbilities(actor: Actor, asset: { state: string; linkedFields: number }) {
  const manage = all(manageClassification(actor), alive(asset.state));
  return { update: manage, retire: all(manage, assetUnlinked(asset.linkedFields)) };
}

export function fieldAbilities(actor: Actor, field: { assetState: string; links: number }) {
  const manage = all(manageClassification(actor), alive(field.assetState));
  return { update: manage, remove: all(manage, fieldUnlinked(field.links)) };
}

export function importAbilities(actor: Actor, { state }: { state: string }) {
  const running = state === 'running' ? allow : deny('It is over.');
  return { cancel: all(manageClassification(actor), running) };
}

export function linkAbilities(actor: Actor, actionType: { state: string }) {
  const active =
    actionType.state === 'retired'
      ? deny('The action type is retired and stays as it was.')
      : allow;
  return { update: all(manageClassification(actor), active) };
}
