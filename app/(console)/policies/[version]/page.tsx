import type { Metadata } from 'next';
import { VersionPage } from '@/lib/domains/access';
import { idIn } from '../../id-in';

export const metadata: Metadata = { title: 'Policy version' };

export default async function Page({ params }: { params: Promise<{ version: string }> }) {
  const version = idIn('pvr', (await params).version);
  return <VersionPage id={version} />;
}
