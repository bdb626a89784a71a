import type { Metadata } from 'next';
import { RotationPage } from '@/lib/domains/vault';
import { idIn } from '../../../id-in';

export const metadata: Metadata = { title: 'Rotation' };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <RotationPage id={idIn('rot', (await params).id)} />;
}
