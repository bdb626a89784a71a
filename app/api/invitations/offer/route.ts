import { NextResponse } from 'next/server';
import { readInvitation } from '@/lib/domains/workspaces/server';
import { handlePublic, jsonBody, only } from '@/app/api/serve';

/** What an invitation's token offers; a POST, so that the token stays out of addresses. */
export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = only({
  POST: handlePublic(async (request) =>
    NextResponse.json(await readInvitation(await jsonBody(request))),
  ),
});
