import { NextResponse } from 'next/server';
import { readInvitation } from '@/lib/domains/workspaces/server';
import { handlePublic, jsonBody } from '@/lib/http/serve';

/** What an invitation's token offers; a POST, so that the token stays out of addresses. */
export const POST = handlePublic(async (request) =>
  NextResponse.json(await readInvitation(await jsonBody(request))),
);
