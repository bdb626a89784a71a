/** Where software stands: an agent in one of these, a tool in one or in any. */
export const environments = ['development', 'staging', 'production'] as const;
export type Environment = (typeof environments)[number];
