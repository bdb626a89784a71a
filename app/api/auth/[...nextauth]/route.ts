import NextAuth from 'next-auth';
import type { NextRequest } from 'next/server';
import { authOptions } from '@/lib/domains/workspaces/server';
import '@/app/api/serve';
import { requestOrigin } from '@/lib/http/origin';

type RouteContext = { params: Promise<{ nextauth: string[] }> };

function handler(request: NextRequest, context: RouteContext): Promise<Response> {
  return NextAuth(request, context, authOptions(requestOrigin(request.headers)));
}

export { handler as GET, handler as POST };
