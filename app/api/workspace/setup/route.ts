import { NextResponse } from 'next/server';
import { setUp } from '@/lib/domains/workspaces/server';
import { handlePublic, jsonBody, only } from '@/app/api/serve';

/** Makes the first workspace and its admin with the one-time link's token. */
export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = only({
  POST: handlePublic(async (request) =>
    NextResponse.json(await setUp(await jsonBody(request)), { status: 201 }),
  ),
});
