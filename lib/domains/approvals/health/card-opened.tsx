'use client';

import { useEffect } from 'react';
import { api } from '@/lib/http/fetcher';
import { approvalPaths } from '../queries';
import type { Approval } from '../schema';

/** Says that this card is before somebody who may decide it. A refusal changes nothing for them. */
export function CardOpened({ approval }: { approval: Approval }) {
  const { id } = approval;
  const counts = approval.status === 'pending' && approval.can.decide.allowed;
  useEffect(() => {
    if (counts) api.post(approvalPaths.opened(id)).catch(() => undefined);
  }, [id, counts]);
  return null;
}
