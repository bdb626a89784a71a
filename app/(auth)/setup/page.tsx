import type { Metadata } from 'next';
import { SetupForm } from '@/lib/domains/workspaces';

export const metadata: Metadata = { title: 'Set up' };

export default function Page() {
  return <SetupForm />;
}
