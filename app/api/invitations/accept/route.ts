import { NextResponse } from 'next/server';
import { acceptInvitation } from '@/lib/domains/workspaces/server';
import { handlePublic, jsonBody } from '@/lib/http/serve';

/** Makes the invited person a member; they sign in with the password given here. */
export const POST = handlePublic(async (request) => {
  const member = await acceptInvitation(await jsonBody(request));
  return NextResponse.json({ email: member.email }, { status: 201 });
});
