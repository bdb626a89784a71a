import { type Actor, withAnyRole } from '@/lib/kernel/actor';
import { all, allow, deny, type Verdict } from '@/lib/kernel/verdict';
import { isFinished, isSwitched, type RotationStep } from './rotation';

/** Any member with a role may see which secrets there are; nobody sees a value. */
export function mayRead(actor: Actor): Verdict {
  return withAnyRole(actor, 'Only members see the vault.');
}

/** Secrets are kept, rotated and revoked by admins. */
export function mayManage(actor: Actor): Verdict {
  if (actor.type === 'member' && actor.roles.includes('admin')) return allow;
  return deny('Only an admin may change the vault. Ask one.');
}

/** The schedule may start a rotation as well. */
export function mayStartRotation(actor: Actor): Verdict {
  return actor.type === 'job' ? allow : mayManage(actor);
}

interface SecretFacts {
  state: string;
  rotating: boolean;
}

export function mayUpdate(actor: Actor, secret: SecretFacts): Verdict {
  return all(mayManage(actor), live(secret));
}

export function mayRotate(actor: Actor, secret: SecretFacts): Verdict {
  return all(mayStartRotation(actor), live(secret), mayBegin(secret));
}

/** One rotation at a time; a credential that takes over from another waits until it has. */
export function mayBegin(subject: { rotating: boolean; takesOver?: boolean }): Verdict {
  if (subject.rotating) return deny('A rotation of it is under way.');
  return subject.takesOver
    ? deny('It takes over from another credential. Have the agent use it first.')
    : allow;
}

/** At any time: a rotation under way ends with it. */
export function mayRevoke(actor: Actor, secret: SecretFacts): Verdict {
  return all(mayManage(actor), live(secret));
}

/** Once the new value is in use, a person may end the rotation and withdraw the old key themselves. */
export function mayFinish(
  actor: Actor,
  { subjectType, step }: { subjectType: string; step: RotationStep },
): Verdict {
  if (subjectType !== 'secret') {
    return deny('The rotation of a credential needs no upstream and finishes by itself.');
  }
  if (isFinished(step)) return all(mayManage(actor), deny('It is over already.'));
  return all(
    mayManage(actor),
    isSwitched(step)
      ? allow
      : deny('The new value is not in use yet. Wait for it, or revoke the secret.'),
  );
}

export function mayCollect(actor: Actor, rotation: { sealed: boolean }): Verdict {
  return all(
    mayManage(actor),
    rotation.sealed
      ? allow
      : deny('There is nothing to collect: it was shown, is in use, or was withdrawn.'),
  );
}

function live(secret: SecretFacts): Verdict {
  return secret.state === 'active' ? allow : deny('The secret is revoked.');
}
