import { reviewsApi } from '@/lib/domains/reviews/server';
import { serve } from '@/lib/http/serve';

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(reviewsApi);
