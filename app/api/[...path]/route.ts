import { nothing } from '@/lib/http/serve';

/** What no room serves is a problem too, and no page. */
export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = nothing();
