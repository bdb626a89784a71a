import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { SignInForm } from '@/lib/domains/workspaces';
import { singleSignOnName } from '@/lib/domains/workspaces/server';
import { pageContext } from '@/lib/http/page-session';

export const metadata: Metadata = { title: 'Sign in' };

type Search = Promise<Record<string, string | string[] | undefined>>;

export default async function SignInPage({ searchParams }: { searchParams: Search }) {
  const { next, callbackUrl, error } = await searchParams;
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  if (await pageContext()) redirect('/overview');
  return (
    <SignInForm
      next={text(next) ?? text(callbackUrl)}
      error={text(error)}
      singleSignOn={singleSignOnName()}
    />
  );
}
