'use client';

import { Circle, CircleCheck } from 'lucide-react';
import Link from 'next/link';
import { cx, Panel } from '@/components/ui';
import type { FirstSteps } from '../schema';

interface Step {
  key: keyof FirstSteps;
  title: string;
  says: string;
  href: string;
}

/** In the order in which one needs the other. */
const steps: readonly Step[] = [
  {
    key: 'tool',
    title: 'Register a tool',
    says: 'Where actions are carried out, and the secret that opens it, which no agent gets.',
    href: '/catalog?tab=tools',
  },
  {
    key: 'actionType',
    title: 'Describe what can be done there',
    says: 'Each action type has its parameters, its effects, and what happens if it is wrong.',
    href: '/catalog',
  },
  {
    key: 'permission',
    title: 'Grant it in a role',
    says: 'Alone, supervised, or only with a signature; within limits.',
    href: '/roles',
  },
  {
    key: 'agent',
    title: 'Register an agent and put it into the role',
    says: 'With someone who answers for it. Its key is shown once.',
    href: '/agents',
  },
  {
    key: 'approver',
    title: 'Invite an approver',
    says: 'Nobody decides about an agent of their own: it takes someone else.',
    href: '/settings?tab=members',
  },
];

/** What an empty workspace still needs before an agent can act in it. */
export function FirstStepsPanel({ steps: done }: { steps: FirstSteps }) {
  return (
    <Panel
      title="First steps"
      note="until an agent has acted"
      padded={false}
      actions={
        <Link href="/agents/templates" className="text-accent hover:underline">
          Or start from a template
        </Link>
      }
    >
      <ol>
        {steps.map(({ key, title, says, href }) => {
          const Icon = done[key] ? CircleCheck : Circle;
          return (
            <li
              key={key}
              className="flex items-start gap-2.5 border-b border-line px-3.5 py-2 last:border-b-0"
            >
              <Icon
                role="img"
                aria-label={done[key] ? 'Done' : 'To do'}
                strokeWidth={1.75}
                className={cx('mt-[3px] size-4 shrink-0', done[key] ? 'text-allow' : 'text-text-3')}
              />
              <div className="min-w-0">
                <Link href={href} className="font-medium hover:underline">
                  {title}
                </Link>
                <div className="note">{says}</div>
              </div>
            </li>
          );
        })}
      </ol>
    </Panel>
  );
}
