import { z } from 'zod';

const schema = z.object({
  ORDER_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  ORDER_SERVICE_HOST: z.string().default('127.0.0.1'),
  ORDER_SERVICE_PORT: z.coerce.number().int().min(0).max(65535).default(4100),
  ORDER_SERVICE_BOOTSTRAP_KEY: z.string().min(16).optional(),
});

export interface OrderServiceConfig {
  databaseUrl: string;
  host: string;
  port: number;
  bootstrapKey: string | undefined;
}

/** The service's settings from its environment; one error that names everything wrong. */
export function orderServiceConfig(source: NodeJS.ProcessEnv = process.env): OrderServiceConfig {
  const parsed = schema.safeParse(source);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`);
    throw new Error(`order service: ${wrong.join('; ')}`);
  }
  return {
    databaseUrl: parsed.data.ORDER_DATABASE_URL,
    host: parsed.data.ORDER_SERVICE_HOST,
    port: parsed.data.ORDER_SERVICE_PORT,
    bootstrapKey: parsed.data.ORDER_SERVICE_BOOTSTRAP_KEY,
  };
}
