import type { Metadata } from 'next';
import { TemplatesPage } from '@/lib/domains/configuration';

export const metadata: Metadata = { title: 'Templates' };

export default function Page() {
  return <TemplatesPage />;
}
