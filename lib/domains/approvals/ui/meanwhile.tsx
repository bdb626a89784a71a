import { CircleAlert } from 'lucide-react';
import { Notice } from '@/components/ui';

/** Above what somebody is writing about an action that has been decided since; the text stays. */
export function Meanwhile({ words }: { words: string | null }) {
  if (words === null) return null;
  return (
    <div role="alert">
      <Notice tone="hold" icon={CircleAlert} title={words} />
    </div>
  );
}
