import { type Actor, withAnyRole } from '@/lib/kernel/actor';
import { all, allow, deny, type Verdict } from '@/lib/kernel/verdict';

/** Any member with a role may see which credentials there are. */
export function mayRead(actor: Actor): Verdict {
  if (actor.type === 'job') return allow;
  return withAnyRole(actor, 'Only members see credentials.');
}

/** Credentials are made, rotated and revoked by admins. */
export function mayManage(actor: Actor): Verdict {
  if (actor.type === 'member' && actor.roles.includes('admin')) return allow;
  return deny('Only an admin may change credentials. Ask one.');
}

export function mayRevoke(actor: Actor, credential: { state: string }): Verdict {
  return all(
    mayManage(actor),
    credential.state === 'revoked' ? deny('It is revoked already.') : allow,
  );
}

/** How a credential is part of a rotation that is under way: it is replaced, or takes over. */
export type InRotation = 'replaced' | 'takes_over';

export function mayRotate(
  actor: Actor,
  credential: { state: string; agentState: string; rotation?: InRotation | undefined },
): Verdict {
  const manage = actor.type === 'job' ? allow : mayManage(actor);
  if (!manage.allowed) return manage;
  if (credential.state === 'revoked') return deny('It is revoked. Create a new credential.');
  if (credential.state === 'retiring' || credential.rotation === 'replaced')
    return deny('A rotation of it is under way.');
  if (credential.rotation === 'takes_over')
    return deny('It takes over from another credential. Have the agent use it first.');
  if (credential.agentState === 'retired') return deny('Its agent is retired.');
  return allow;
}
