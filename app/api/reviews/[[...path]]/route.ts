import { reviewsApi } from '@/lib/domains/reviews/server';
import { serve } from '@/app/api/serve';

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(reviewsApi);
