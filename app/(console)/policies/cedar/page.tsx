import type { Metadata } from 'next';
import { CedarPage } from '@/lib/domains/access';

export const metadata: Metadata = { title: 'Cedar policies' };

export default function Page() {
  return <CedarPage />;
}
