import { existsSync, readFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { join } from 'node:path';
import { cruise, type IConfiguration } from 'dependency-cruiser';
import type { Finding } from './tree';

const config = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as IConfiguration;

type Edge = { resolved: string; dependencyTypes: string[]; coreModule: boolean };
type Graph = {
  modules: { source: string; dependencies: Edge[] }[];
  summary: {
    violations: { from: string; to: string; rule: { name: string }; cycle?: { name: string }[] }[];
  };
};

const FOLDERS = ['app', 'bench', 'bin', 'components', 'e2e', 'lib', 'prisma', 'scripts', 'workers'];
const SERVER_ONLY =
  /^lib\/infra\/|^lib\/domains\/[^/]+\/(server\.ts|repo\.ts|repo\/|service\.ts|service\/|jobs\.ts|api\.ts)|^lib\/http\/server\.ts$/;
const BROWSER_DOOR = /^lib\/domains\/[^/]+\/(index|pages)\.ts$/;
const BROWSER_FILE = /^components\/|^lib\/domains\/[^/]+\/(queries\.ts$|ui\/)/;

/**
 * The import graph of the folders that exist below `root`, with the rules' violations. The cruiser's API and not its
 * command, which refuses Node 20; the `@/` alias is told again, because it cannot read TypeScript 7's config.
 */
async function graphOf(root: string): Promise<Graph> {
  const folders = FOLDERS.filter((folder) => existsSync(join(root, folder)));
  const options = { ...config.options, baseDir: root, ruleSet: { forbidden: config.forbidden } };
  const { output } = await cruise(
    folders,
    { ...options, validate: true, outputType: 'json' },
    { alias: { '@': root } },
  );
  return JSON.parse(String(output)) as Graph;
}

/** Whether the file is sent to the browser: a browser door, a room's ui, the kit, or a client component. */
function isForBrowser(root: string, file: string): boolean {
  if (/\.test\.tsx?$/.test(file)) return false;
  if (BROWSER_DOOR.test(file) || BROWSER_FILE.test(file)) return true;
  if (!/^(app|lib)\/.*\.tsx?$/.test(file)) return false;
  return /^\s*(\/\*[\s\S]*?\*\/\s*|\/\/.*\n\s*)*['"]use client['"]/.test(
    readFileSync(join(root, file), 'utf8'),
  );
}

/** The shortest way from a browser file to something that only a server has; types do not count, they are erased. */
function wayToServer(start: string, edgesOf: Map<string, Edge[]>): string[] | undefined {
  const cameFrom = new Map<string, string | undefined>([[start, undefined]]);
  for (const file of cameFrom.keys()) {
    for (const edge of edgesOf.get(file) ?? []) {
      if (edge.dependencyTypes.includes('type-only') || cameFrom.has(edge.resolved)) continue;
      cameFrom.set(edge.resolved, file);
      if (edge.coreModule || isBuiltin(edge.resolved) || SERVER_ONLY.test(edge.resolved)) {
        const way: string[] = [];
        for (let at: string | undefined = edge.resolved; at !== undefined; at = cameFrom.get(at))
          way.unshift(at);
        return way;
      }
    }
  }
  return undefined;
}

/** Every violation of the layout below `root`, each message starting with the rule's name. */
export async function checkLayers(root: string): Promise<Finding[]> {
  const graph = await graphOf(root);
  const ruled = graph.summary.violations.map(({ from, to, rule, cycle }) => {
    const way = cycle === undefined ? to : cycle.map((step) => step.name).join(' → ');
    return { file: from, message: `${rule.name}: → ${way}` };
  });
  const edgesOf = new Map(graph.modules.map((module) => [module.source, module.dependencies]));
  const leaks = [...edgesOf.keys()]
    .filter((file) => !file.includes('node_modules') && isForBrowser(root, file))
    .flatMap((file) => {
      const way = wayToServer(file, edgesOf);
      return way === undefined
        ? []
        : [{ file, message: `browser-safe: → ${way.slice(1).join(' → ')}` }];
    });
  return [...ruled, ...leaks];
}
