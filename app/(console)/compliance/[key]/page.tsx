import type { Metadata } from 'next';
import { CheckPage } from '@/lib/domains/compliance';

export const metadata: Metadata = { title: 'Compliance check' };

export default async function Check({ params }: { params: Promise<{ key: string }> }) {
  return <CheckPage checkKey={(await params).key} />;
}
