import { type NextRequest, NextResponse } from 'next/server';
import { PATH_HEADER } from '@/lib/http/paths';
import { env } from '@/lib/infra/env';

const CSP = 'Content-Security-Policy';

/**
 * Before each page: tells layouts which one was asked for, so that signing in can lead back to it, and draws
 * the nonce without which no inline script runs. Next reads it from the request's policy and puts it on its own.
 */
export function proxy(request: NextRequest): NextResponse {
  const policy = contentSecurityPolicy(crypto.randomUUID());
  const headers = new Headers(request.headers);
  headers.set(PATH_HEADER, request.nextUrl.pathname + request.nextUrl.search);
  headers.set(CSP, policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set(CSP, policy);
  return response;
}

/** Eval and web sockets are needed by the development server only, never by what is shipped. */
function contentSecurityPolicy(nonce: string): string {
  const development = env().NODE_ENV === 'development';
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}'${development ? " 'unsafe-eval'" : ''}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${development ? ' ws:' : ''}`,
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

// The page that verifies a file anywhere brings its own, stricter policy.
export const config = { matcher: ['/((?!api/|_next/|verify\\.html$).*)'] };
