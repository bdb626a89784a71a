/** The doors of every endpoint, behind which is whatever must hold before a verb commits. */
import '@/lib/domains/access/server';

export * from '@/lib/http/serve';
