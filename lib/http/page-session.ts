import { cookies, headers } from 'next/headers';
import type { Context } from '@/lib/kernel/context';
import { Problem } from '@/lib/kernel/problem';
import { sessionContext } from './authenticate';

/** The signed-in context of the page being rendered, or null. */
export async function pageContext(): Promise<Context | null> {
  const request = { cookies: await cookies(), headers: await headers() };
  try {
    return await sessionContext(request);
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null;
    throw error;
  }
}
