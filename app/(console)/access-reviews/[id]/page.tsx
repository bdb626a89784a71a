import type { Metadata } from 'next';
import { CampaignPage } from '@/lib/domains/access';

export const metadata: Metadata = { title: 'Access review' };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <CampaignPage id={(await params).id} />;
}
