import type { Metadata } from 'next';
import { CampaignsPage } from '@/lib/domains/access';

export const metadata: Metadata = { title: 'Access reviews' };

export default function Page() {
  return <CampaignsPage />;
}
