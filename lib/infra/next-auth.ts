import { env, nextAuthSecret } from './env';

/**
 * What next-auth needs to know. It takes its own address only from the process environment,
 * so that is set here, before its first request.
 */
export function nextAuthSettings(): { secret: string; secureCookies: boolean } {
  const url = env().NEXTAUTH_URL;
  process.env.NEXTAUTH_URL = url;
  return { secret: nextAuthSecret(), secureCookies: url.startsWith('https://') };
}
