import type { Metadata } from 'next';
import { SecretPage } from '@/lib/domains/vault';
import { idIn } from '../../id-in';

export const metadata: Metadata = { title: 'Secret' };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <SecretPage id={idIn('sec', (await params).id)} />;
}
