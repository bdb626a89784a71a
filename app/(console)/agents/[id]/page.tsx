import type { Metadata } from 'next';
import { maySearch } from '@/lib/domains/trail/server';
import { pageContext } from '@/lib/http/page-session';
import { AgentView } from './agent-view';
import { idIn } from '../../id-in';

export const metadata: Metadata = { title: 'Agent' };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const ctx = await pageContext();
  return ctx && <AgentView id={idIn('agt', (await params).id)} trail={maySearch(ctx.actor)} />;
}
