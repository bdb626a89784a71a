import type { Metadata } from 'next';
import { NotificationsTab } from '@/lib/domains/notifications';
import { readChannels } from '@/lib/domains/notifications/server';
import { SettingsPage } from '@/lib/domains/workspaces';
import { pageContext } from '@/lib/http/page-session';

export const metadata: Metadata = { title: 'Settings' };

export default async function Page() {
  const ctx = await pageContext();
  if (!ctx) return null;
  const content = <NotificationsTab see={readChannels(ctx.actor)} />;
  return <SettingsPage more={[{ value: 'notifications', label: 'Notifications', content }]} />;
}
