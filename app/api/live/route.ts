import { seen } from '@/lib/domains/workspaces/server';
import { liveResponse } from '@/lib/http/live';
import { handle, only } from '@/app/api/serve';

/** Server-sent events: which lists of the workspace have changed. */
export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = only({
  GET: handle(async (request, ctx) => liveResponse(ctx.workspace, request.signal, () => seen(ctx))),
});
