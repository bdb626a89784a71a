import { allow, deny, type Verdict } from './verdict';

/** Who does it. Carried in every Context; attribution is never guessed from a nullable column. */
export type Actor =
  | {
      type: 'member';
      id: string;
      name: string;
      /** Any of the workspace's member roles; an empty list may nothing. */
      roles: readonly string[];
      /** What they may beyond their roles, such as trail.payload; given one by one, never by a role. */
      abilities: readonly string[];
      /** How this request was authenticated: password, password+totp, password+passkey, oidc or token. */
      method: string;
      /** When the person last proved who they are, epoch milliseconds. */
      authenticatedAt: number;
      sessionId?: string;
      tokenId?: string;
      /** Scopes of a personal access token; absent for a browser session. */
      scopes?: readonly string[];
    }
  | { type: 'agent'; id: string }
  | { type: 'agent_for_user'; id: string; onBehalfOf: string }
  | { type: 'job'; id: string }
  | { type: 'webhook'; id: string };

/** An actor as a trail event names it. */
export interface EventActor {
  type: 'member' | 'agent' | 'job' | 'webhook';
  id: string;
  on_behalf_of?: string;
}

/** What a member without any role is told, whatever they ask for. */
export const NO_ROLE = 'You have no role in this workspace yet. Ask an admin for one.';

/** A member with any role, for what every role may; `others` is said to who is no member. */
export function withAnyRole(actor: Actor, others: string): Verdict {
  if (actor.type !== 'member') return deny(others);
  return actor.roles.length > 0 ? allow : deny(NO_ROLE);
}

export function eventActor(actor: Actor): EventActor {
  if (actor.type === 'agent_for_user') {
    return { type: 'agent', id: actor.id, on_behalf_of: actor.onBehalfOf };
  }
  return { type: actor.type, id: actor.id };
}
