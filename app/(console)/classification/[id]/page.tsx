import type { Metadata } from 'next';
import { DataAssetPage } from '@/lib/domains/classification/pages';

export const metadata: Metadata = { title: 'Data asset' };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <DataAssetPage id={(await params).id} />;
}
