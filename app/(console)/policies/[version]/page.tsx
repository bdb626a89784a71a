import type { Metadata } from 'next';
import { VersionPage } from '@/lib/domains/access';

export const metadata: Metadata = { title: 'Policy version' };

export default async function Page({ params }: { params: Promise<{ version: string }> }) {
  const { version } = await params;
  return <VersionPage id={version} />;
}
