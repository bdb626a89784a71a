'use client';

import Link from 'next/link';
import { Tier, type TierValue } from '@/components/data';
import { Badge, Disclosure, EmptyState, Panel } from '@/components/ui';
import type { Explained } from '../explain/schema';

/** What permitted it and what forbade it, in words and as Cedar. */
export function Permissions({ now: { permissions, forbids } }: { now: Explained }) {
  return (
    <>
      {forbids.length > 0 ? (
        <Panel title="What forbade it" note="no permission lifts it" padded={false}>
          <ul>
            {forbids.map(({ id, words, cedar }) => (
              <li
                key={id}
                className="grid gap-1.5 border-b border-line px-3.5 py-2.5 last:border-b-0"
              >
                <span>{words}</span>
                <Cedar texts={[cedar]} />
              </li>
            ))}
          </ul>
        </Panel>
      ) : null}
      <Panel
        title="What the agent holds for it"
        note="permissions of its roles for this action type, and permits by hand"
        padded={false}
      >
        {permissions.length === 0 ? (
          <EmptyState compact title="Nothing">
            What is not granted is denied.
          </EmptyState>
        ) : (
          <ul>
            {permissions.map(({ permission, role, by, words, cedar, tier, counted }) => (
              <li
                key={permission}
                className="grid gap-1.5 border-b border-line px-3.5 py-2.5 last:border-b-0"
              >
                <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
                  <Link
                    href={role ? `/roles/${role.id}` : '/policies/cedar'}
                    className="font-medium hover:underline"
                  >
                    {role ? role.name : by}
                  </Link>
                  <span className="text-text-2">{words}</span>
                  {tier ? (
                    <>
                      <span className="text-allow">permits this</span>
                      <Tier value={tier as TierValue} />
                    </>
                  ) : (
                    <span className="text-text-3">does not permit this</span>
                  )}
                  {counted ? <Badge>counted against it</Badge> : null}
                </div>
                <Cedar texts={cedar} />
              </li>
            ))}
          </ul>
        )}
      </Panel>
    </>
  );
}

function Cedar({ texts }: { texts: readonly string[] }) {
  return (
    <Disclosure label="In Cedar">
      <pre className="mono mt-1 overflow-x-auto rounded-md border border-line bg-raised px-3 py-2 whitespace-pre-wrap">
        {texts.join('\n\n')}
      </pre>
    </Disclosure>
  );
}
