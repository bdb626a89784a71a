import type { Metadata } from 'next';
import { ClassificationPage } from '@/lib/domains/classification/pages';

export const metadata: Metadata = { title: 'Classification' };

export default function Page() {
  return <ClassificationPage />;
}
