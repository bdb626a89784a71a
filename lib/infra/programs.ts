/** The processes that run as one file, and how each is bundled: as it ships, wherever it is made. */
export interface Program {
  name: string;
  entry: string;
  first?: string[];
  define?: Record<string, string>;
  /** Sources that it has no use for: they would make it slow to start and large. */
  without: RegExp;
}

const worker = (name: string): Program => ({
  name,
  entry: `workers/${name}.ts`,
  first: ['lib/infra/supervised.ts'],
  without: /^components\/(?!format)|^lib\/.*\.tsx$|^node_modules\/react\//,
});

export const programs: readonly Program[] = [
  worker('console'),
  worker('gateway'),
  worker('jobs'),
  worker('sequencer'),
  {
    name: 'exporter',
    entry: 'lib/domains/trail/export/child.ts',
    // The database's driver makes one to see where it runs, for which Node reads all of its HTTP client.
    define: { Response: 'undefined' },
    without: /\/generated\/prisma\//,
  },
];
