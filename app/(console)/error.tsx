'use client';

import { ErrorState, Panel } from '@/components/ui';

export default function ConsoleError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  const reference = error.digest ? ` Reference ${error.digest}.` : '';
  return (
    <Panel padded={false}>
      <ErrorState
        title="This page broke"
        error={`The rest of the console still works.${reference}`}
        onRetry={reset}
      />
    </Panel>
  );
}
