import { NextResponse } from 'next/server';
import { offerPasskeySignIn } from '@/lib/domains/workspaces/server';
import { handlePublic, jsonBody, only } from '@/app/api/serve';
import { requestOrigin } from '@/lib/http/origin';

/** What a passkey must sign to end a sign-in, for the right password. */
export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = only({
  POST: handlePublic(async (request) =>
    NextResponse.json(
      await offerPasskeySignIn(await jsonBody(request), requestOrigin(request.headers)),
    ),
  ),
});
