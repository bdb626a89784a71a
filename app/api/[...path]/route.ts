import { nothing } from '@/app/api/serve';

/** What no room serves is a problem too, and no page. */
export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = nothing();
