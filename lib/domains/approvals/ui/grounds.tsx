import { CircleCheck, CircleHelp, TriangleAlert } from 'lucide-react';
import { humanize } from '@/components/format';
import { Badge, CopyId, TimeAgo } from '@/components/ui';
import type { Grounds } from '../card/schema';

/** Whether a claim is what was read, as far as code can tell, with its hash and what was left out. */
export function GroundsLine({ grounds: { verdict, origin, hash } }: { grounds: Grounds }) {
  return (
    <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
      {origin && verdict === 'read' ? (
        <Badge tone="allow" icon={CircleCheck}>
          as read by {origin.type} <TimeAgo at={origin.at} />
        </Badge>
      ) : null}
      {origin && verdict === 'differs' ? (
        <Badge tone="deny" icon={TriangleAlert}>
          differs from what {origin.type} read <TimeAgo at={origin.at} />
        </Badge>
      ) : null}
      {verdict === 'own' ? (
        <Badge tone="hold" icon={CircleHelp}>
          not verifiable: the agent’s own words
        </Badge>
      ) : null}
      {origin?.redacted.length ? (
        <span className="note min-w-0 [overflow-wrap:anywhere]">
          without{' '}
          {origin.redacted
            .map(({ path, handling }) => `${path} (${humanize(handling).toLowerCase()})`)
            .join(', ')}
        </span>
      ) : null}
      {hash ? <CopyId id={hash} /> : null}
    </div>
  );
}
