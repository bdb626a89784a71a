'use client';

import { SearchX } from 'lucide-react';
import { EmptyState, LinkButton, Panel } from '@/components/ui';

/** Inside the console's frame, so that every way on is there. */
export default function NotFound() {
  return (
    <Panel>
      <EmptyState
        icon={SearchX}
        title="There is nothing at this address"
        action={
          <>
            <LinkButton href="/overview" variant="primary">
              Go to the overview
            </LinkButton>
            <LinkButton href="/trail">Search the trail</LinkButton>
          </>
        }
      >
        The address may have been cut short when it was copied. What was removed, or belongs to
        another workspace, has none either.
      </EmptyState>
    </Panel>
  );
}
