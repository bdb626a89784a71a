import type { Actor } from '@/lib/kernel/actor';
import { all, allow, deny, type Verdict } from '@/lib/kernel/verdict';

/** Where people hear of held actions is also for those who account for it to see. */
export function readChannels(actor: Actor): Verdict {
  const may = actor.type === 'member' && ['admin', 'auditor'].some((r) => actor.roles.includes(r));
  return may ? allow : deny('Channels are shown to admins and auditors.');
}

export function manageChannels(actor: Actor): Verdict {
  if (actor.type === 'member' && actor.roles.includes('admin')) return allow;
  return deny('Only an admin says where people hear of held actions. Ask one.');
}

/** One's own choice, made in the console and by no access token. */
export function choosePreference(actor: Actor): Verdict {
  if (actor.type === 'member' && actor.sessionId !== undefined) return allow;
  return deny('Sign in to the console to do this; an access token cannot.');
}

export function readPreference(actor: Actor): Verdict {
  return actor.type === 'member' ? allow : deny('Only a member has a preference.');
}

interface ChannelFacts {
  kind: string;
  state: string;
}

export function mayPause(actor: Actor, channel: ChannelFacts): Verdict {
  const paused = channel.state === 'paused';
  return all(manageChannels(actor), paused ? deny('It is paused already.') : allow);
}

export function mayResume(actor: Actor, channel: ChannelFacts): Verdict {
  const paused = channel.state === 'paused';
  return all(manageChannels(actor), paused ? allow : deny('It is not paused.'));
}

export function mayRotate(actor: Actor, channel: ChannelFacts): Verdict {
  const signed = channel.kind === 'webhook';
  return all(
    manageChannels(actor),
    signed ? allow : deny('Only a webhook has a secret that is made here.'),
  );
}
