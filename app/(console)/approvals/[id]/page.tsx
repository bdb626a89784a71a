import type { Metadata } from 'next';
import { ApprovalPage } from '@/lib/domains/approvals';
import { idIn } from '../../id-in';

export const metadata: Metadata = { title: 'Approval' };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <ApprovalPage id={idIn('act', (await params).id)} />;
}
