import { NextResponse } from 'next/server';
import { acceptInvitation } from '@/lib/domains/workspaces/server';
import { handlePublic, jsonBody, only } from '@/app/api/serve';

/** Makes the invited person a member; they sign in with the password given here. */
export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = only({
  POST: handlePublic(async (request) => {
    const member = await acceptInvitation(await jsonBody(request));
    return NextResponse.json({ email: member.email }, { status: 201 });
  }),
});
