import type { Metadata } from 'next';
import { CampaignPage } from '@/lib/domains/access';
import { idIn } from '../../id-in';

export const metadata: Metadata = { title: 'Access review' };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <CampaignPage id={idIn('cmp', (await params).id)} />;
}
