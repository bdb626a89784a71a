import type { Metadata } from 'next';
import { ExplainPage } from '@/lib/domains/gateway/pages';

export const metadata: Metadata = { title: 'Explain' };

export default function Page() {
  return <ExplainPage />;
}
