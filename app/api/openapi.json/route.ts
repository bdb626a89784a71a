import { NextResponse } from 'next/server';
import { openApiDocument } from '@/lib/http/openapi';
import { handlePublic, only } from '@/app/api/serve';
import { env } from '@/lib/infra/env';
import { apis } from '../apis';
import { others } from '../others';

export const dynamic = 'force-dynamic';

/** The console's API as OpenAPI 3.1. */
export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = only({
  GET: handlePublic(async () =>
    NextResponse.json(openApiDocument(apis, env().CONSOLE_URL, others)),
  ),
});
