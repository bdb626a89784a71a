export * from './queries';
export * from './schema';
