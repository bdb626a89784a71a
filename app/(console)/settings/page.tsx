import type { Metadata } from 'next';
import { SettingsPage } from '@/lib/domains/workspaces';

export const metadata: Metadata = { title: 'Settings' };

export default function Page() {
  return <SettingsPage />;
}
