import { NextResponse } from 'next/server';
import { handlePublic, only } from '@/app/api/serve';
import { db } from '@/lib/infra/db';
import { unavailable } from '@/lib/kernel/problem';

export const dynamic = 'force-dynamic';

/** 200 when the console runs and reaches its database. */
export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = only({
  GET: handlePublic(async () => {
    try {
      await db().$queryRaw`SELECT 1`;
    } catch (error) {
      throw unavailable('database_unreachable', 'The database cannot be reached.', error);
    }
    return NextResponse.json({ status: 'ok' }, { headers: { 'cache-control': 'no-store' } });
  }),
});
