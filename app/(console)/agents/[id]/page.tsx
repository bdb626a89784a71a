import type { Metadata } from 'next';
import { AgentView } from './agent-view';

export const metadata: Metadata = { title: 'Agent' };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <AgentView id={(await params).id} />;
}
