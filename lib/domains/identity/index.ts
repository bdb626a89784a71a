/** The identity room's door for the browser: shapes, queries and paths. */
export * from './schema';
export * from './queries';
