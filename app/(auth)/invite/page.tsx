import type { Metadata } from 'next';
import { InviteForm } from '@/lib/domains/workspaces';

export const metadata: Metadata = { title: 'Join a workspace' };

export default function Page() {
  return <InviteForm />;
}
