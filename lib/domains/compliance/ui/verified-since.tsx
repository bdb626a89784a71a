'use client';

import { useQuery } from '@tanstack/react-query';
import { TimeAgo } from '@/components/ui';
import { overviewQuery } from '@/lib/domains/monitoring';
import type { CheckResult } from '../schema';

/**
 * A failed check of the trail's verification stands until the checks run again; that it has been
 * verified meanwhile is said beside it, since the overview says so too.
 */
export function VerifiedSince({ result }: { result: CheckResult | null }) {
  const failed = result?.check === 'trail_verified' && result.status !== 'pass';
  const verification = useQuery({ ...overviewQuery(), enabled: failed }).data?.trail.verification;
  if (!failed || verification?.status !== 'ok' || verification.at <= result.at) return null;
  return (
    <span>
      {'. '}Verified since, <TimeAgo at={verification.at} />; run the checks again to have it
      counted
    </span>
  );
}
