import { Lock } from 'lucide-react';
import { Notice } from '@/components/ui';

/** In the place of a payload that the reader is not shown. */
export function NotShown({ why }: { why: string | undefined }) {
  return (
    <Notice icon={Lock} title="Not shown to you">
      {why}
    </Notice>
  );
}
