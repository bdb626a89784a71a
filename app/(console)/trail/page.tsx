import type { Metadata } from 'next';
import { TrailPage } from '@/lib/domains/trail';

export const metadata: Metadata = { title: 'Trail' };

export default function Page() {
  return <TrailPage />;
}
