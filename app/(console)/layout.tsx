import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import type { ReactNode } from 'react';
import { me } from '@/lib/domains/workspaces/server';
import { pageContext } from '@/lib/http/page-session';
import { PATH_HEADER } from '@/lib/http/paths';
import { ConsoleFrame } from './console-frame';

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const ctx = await pageContext();
  if (!ctx) {
    const path = (await headers()).get(PATH_HEADER) ?? '/';
    redirect(`/sign-in?next=${encodeURIComponent(path)}`);
  }
  return <ConsoleFrame me={await me(ctx, {})}>{children}</ConsoleFrame>;
}
