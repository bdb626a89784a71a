'use client';

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { readProblem } from '../problem';
import { Toaster } from '../ui/toast';
import { TooltipProvider } from '../ui/tooltip';

/** A refusal is an answer: only what may pass by itself is asked again. */
function retry(failures: number, error: unknown): boolean {
  const { status } = readProblem(error);
  if (status !== undefined && status > 0 && status < 500 && status !== 429) return false;
  return failures < 2;
}

export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(
    () =>
      new QueryClient({
        defaultOptions: {
          queries: { retry, staleTime: 10_000, gcTime: 5 * 60_000, refetchOnWindowFocus: true },
          mutations: { retry: false },
        },
      }),
  );
  return (
    <QueryClientProvider client={client}>
      <TooltipProvider delayDuration={300} skipDelayDuration={100}>
        {children}
        <Toaster />
      </TooltipProvider>
    </QueryClientProvider>
  );
}
