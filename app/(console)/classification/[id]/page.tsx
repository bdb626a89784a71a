import type { Metadata } from 'next';
import { DataAssetPage } from '@/lib/domains/classification/pages';
import { idIn } from '../../id-in';

export const metadata: Metadata = { title: 'Data asset' };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <DataAssetPage id={idIn('ast', (await params).id)} />;
}
