import { StatusPill } from '@/components/data';
import { Diff, Duration, ExternalText, JsonView, KeyValue, Notice, TimeAgo } from '@/components/ui';

export interface OutcomeProps {
  status: string;
  result: unknown;
  error: unknown;
  startedAt?: string | null;
  finishedAt?: string | null;
}

const meaning: Record<string, string> = {
  approved: 'Approved. It runs as soon as a worker takes it.',
  running: 'Running at the tool now.',
  permitted: 'Approved. Whoever asked for it may do it, once; Countersign does not run it.',
  unknown:
    'It was sent, and no answer was heard. Look at the tool itself before anyone tries again.',
};

interface ToolError {
  code?: string;
  message?: string;
}

/** How an action ended, with what the tool answered. */
export function Outcome({ status, result, error, startedAt, finishedAt }: OutcomeProps) {
  const problem = error as ToolError | null;
  return (
    <div className="grid gap-2.5">
      <div role="status" className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <StatusPill value={status} />
        {meaning[status] ? <span className="text-text-2">{meaning[status]}</span> : null}
        {finishedAt ? (
          <span className="note">
            finished <TimeAgo at={finishedAt} />
            {startedAt ? (
              <>
                , after <Duration ms={Date.parse(finishedAt) - Date.parse(startedAt)} />
              </>
            ) : null}
          </span>
        ) : null}
      </div>
      {problem ? (
        <Notice tone="deny" title={problem.message ?? 'The tool answered with an error.'}>
          {problem.code ? <span className="mono">{problem.code}</span> : null}
        </Notice>
      ) : null}
      {result === null || result === undefined ? null : <Result result={result} />}
    </div>
  );
}

/** What the tool answered; a record before and after as what changed of it. */
function Result({ result }: { result: unknown }) {
  const change = changeIn(result);
  return (
    <div className="grid gap-2">
      {change ? <Diff before={change.before} after={change.after} /> : null}
      <JsonView value={result} open={change ? 0 : 2} label="Result" maxHeight={320} />
    </div>
  );
}

function changeIn(result: unknown): { before: object; after: object } | null {
  if (typeof result !== 'object' || result === null || !('before' in result)) return null;
  const { before, ...rest } = result;
  const [after, ...others] = Object.values(rest);
  const both = [before, after].every((each) => typeof each === 'object' && each !== null);
  return both && others.length === 0 ? { before: before as object, after: after as object } : null;
}

/** Who decided, when, and in which words. */
export function DecidedBy({
  by,
  at,
  reason,
  verb,
}: {
  by: string;
  at: string | null;
  reason: string | null;
  verb: string;
}) {
  return (
    <KeyValue
      items={[
        {
          label: verb,
          value: (
            <>
              {by}, <TimeAgo at={at} />
            </>
          ),
        },
        reason
          ? {
              label: 'Reason',
              value: <ExternalText note={`${by}'s words.`}>{reason}</ExternalText>,
            }
          : null,
      ]}
    />
  );
}
