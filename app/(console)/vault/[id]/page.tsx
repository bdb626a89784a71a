import type { Metadata } from 'next';
import { SecretPage } from '@/lib/domains/vault';

export const metadata: Metadata = { title: 'Secret' };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <SecretPage id={(await params).id} />;
}
