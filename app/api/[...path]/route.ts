import { handlePublic } from '@/lib/http/serve';
import { notFound } from '@/lib/kernel/problem';

/** What no room serves is a problem too, and no page. */
const handler = handlePublic(() => Promise.reject(notFound('page or route')));

export { handler as GET, handler as POST, handler as PUT, handler as PATCH, handler as DELETE };
