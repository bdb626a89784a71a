import { ChevronRight } from 'lucide-react';
import { JsonView } from '@/components/ui';

/** The whole record as JSON, folded away. */
export function AsRecorded({ value, label }: { value: unknown; label: string }) {
  return (
    <details className="group">
      <summary className="flex min-h-6 cursor-pointer list-none items-center gap-1 text-text-2 hover:text-text [&::-webkit-details-marker]:hidden">
        <ChevronRight
          aria-hidden
          className="size-3.5 transition-transform group-open:rotate-90"
          strokeWidth={1.75}
        />
        Everything as recorded
      </summary>
      <div className="mt-2">
        <JsonView value={value} open={1} label={label} maxHeight={420} />
      </div>
    </details>
  );
}
