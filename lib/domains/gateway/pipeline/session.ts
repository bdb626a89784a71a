import { conflict, notFound } from '@/lib/kernel/problem';
import type { Session } from '../sessions';
import type { Agent } from '../snapshot/snapshot';

/** Stage 2. The session exists, belongs to the agent and has not ended. */
export function ownSession(session: Session | undefined, agent: Agent, now: number): Session {
  if (!session || session.agentId !== agent.id) throw notFound('session');
  if (session.ended || session.expiresAt <= now) {
    throw conflict(
      'session_ended',
      'The session has ended. Start a new one with POST /v1/sessions.',
    );
  }
  return session;
}
