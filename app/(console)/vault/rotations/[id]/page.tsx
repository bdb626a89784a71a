import type { Metadata } from 'next';
import { RotationPage } from '@/lib/domains/vault';

export const metadata: Metadata = { title: 'Rotation' };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <RotationPage id={(await params).id} />;
}
