'use client';

import { AuthCard } from '@/components/layout';
import { ErrorState } from '@/components/ui';

export default function RootError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <AuthCard
      title="The page broke"
      subtitle={error.digest ? `Reference ${error.digest}` : undefined}
    >
      <ErrorState
        compact
        error="What you did before is kept. Try again, or go back."
        onRetry={reset}
        title="It was not shown"
      />
    </AuthCard>
  );
}
