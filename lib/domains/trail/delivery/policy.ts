import type { Actor } from '@/lib/kernel/actor';
import { all, allow, deny, type Verdict } from '@/lib/kernel/verdict';

/** Where the trail goes is also for those who account for it to see. */
export function maySeeSinks(actor: Actor): Verdict {
  const may = actor.type === 'member' && actor.roles.some((r) => r === 'admin' || r === 'auditor');
  return may ? allow : deny('Where the trail is delivered to is shown to auditors and admins.');
}

export function mayManageSinks(actor: Actor): Verdict {
  if (actor.type === 'member' && actor.roles.includes('admin')) return allow;
  return deny('Only an admin may change where the trail is delivered to. Ask one.');
}

interface SinkFacts {
  kind: string;
  state: string;
}

function inUse(sink: SinkFacts): Verdict {
  return sink.state === 'retired' ? deny('It is retired. Add another one instead.') : allow;
}

export function mayUpdate(actor: Actor, sink: SinkFacts): Verdict {
  return all(mayManageSinks(actor), inUse(sink));
}

export function mayPause(actor: Actor, sink: SinkFacts): Verdict {
  return all(
    mayUpdate(actor, sink),
    sink.state === 'paused' ? deny('It is paused already.') : allow,
  );
}

export function mayResume(actor: Actor, sink: SinkFacts): Verdict {
  return all(mayUpdate(actor, sink), sink.state === 'paused' ? allow : deny('It is not paused.'));
}

export function mayRotate(actor: Actor, sink: SinkFacts): Verdict {
  return all(
    mayUpdate(actor, sink),
    sink.kind === 'webhook' ? allow : deny('Only a webhook has a secret that is made here.'),
  );
}
