import type { Metadata } from 'next';
import { PayloadKeysPage } from '@/lib/domains/trail';
import { mayListPayloadKeys } from '@/lib/domains/trail/server';
import { pageContext } from '@/lib/http/page-session';

export const metadata: Metadata = { title: 'Protected payloads' };

export default async function Page() {
  const ctx = await pageContext();
  return ctx && <PayloadKeysPage can={mayListPayloadKeys(ctx.actor)} />;
}
