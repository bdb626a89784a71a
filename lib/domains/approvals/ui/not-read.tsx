import type { UseQueryResult } from '@tanstack/react-query';
import { CircleAlert, RotateCw } from 'lucide-react';
import { Button, Notice, Skeleton } from '@/components/ui';
import type { ApprovalContext } from '../card/schema';
import { couldNotRead } from './words';

/** What a card is weighed against, asked for apart from it: it may still be read, or not be readable. */
export type ContextQuery = UseQueryResult<ApprovalContext>;

/** In the place of a part of the context: nothing once it is read, and a word where it could not be. */
export function NotRead({ context, children }: { context: ContextQuery; children: string }) {
  if (context.data !== undefined) return null;
  if (couldNotRead(context)) return <p className="text-hold">{children}</p>;
  return <Skeleton w="60%" className="my-1" />;
}

/** Says it once for all of them, with the way to try again. It stays while that is under way. */
export function NotReadNotice({ context }: { context: ContextQuery }) {
  return (
    <div role="alert">
      <Notice
        tone="hold"
        icon={CircleAlert}
        title="What is unusual about it could not be read"
        action={
          <Button
            icon={RotateCw}
            loading={context.isFetching}
            onClick={() => void context.refetch()}
          >
            Try again
          </Button>
        }
      >
        Nor could what was decided before, and what its source data rests on.{' '}
        {context.error?.message}
      </Notice>
    </div>
  );
}
