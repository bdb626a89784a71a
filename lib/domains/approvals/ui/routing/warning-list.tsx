import { TriangleAlert } from 'lucide-react';
import { Notice } from '@/components/ui';

/** Why held actions would wait in vain; nothing when they would not. */
export function WarningList({ warnings }: { warnings: readonly string[] }) {
  if (warnings.length === 0) return null;
  return (
    <Notice tone="deny" icon={TriangleAlert}>
      <ul className="grid gap-0.5">
        {warnings.map((warning) => (
          <li key={warning}>{warning}</li>
        ))}
      </ul>
    </Notice>
  );
}
