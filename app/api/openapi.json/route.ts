import { NextResponse } from 'next/server';
import { openApiDocument } from '@/lib/http/openapi';
import { handlePublic } from '@/lib/http/serve';
import { env } from '@/lib/infra/env';
import { apis } from '../apis';

export const dynamic = 'force-dynamic';

/** The console's API as OpenAPI 3.1. */
export const GET = handlePublic(async () =>
  NextResponse.json(openApiDocument(apis, env().CONSOLE_URL)),
);
