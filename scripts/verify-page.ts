/**
 * npm run verify-page: makes public/verify.html, one file that verifies an export in a browser without
 * a network. The verifier is the command's own; what it takes from Node is put in place of it here.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');
const OFFLINE = 'lib/domains/trail/offline';
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const base64 = (path: string) => readFileSync(join(ROOT, path)).toString('base64');

/** Code for a browser, from an entry of the repository. */
export async function browserCode(entry: string, globalName?: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, entry)],
    ...(globalName === undefined ? {} : { globalName }),
    tsconfig: join(ROOT, 'tsconfig.json'),
    alias: { 'node:crypto': join(ROOT, OFFLINE, 'browser/crypto.ts') },
    inject: [join(ROOT, OFFLINE, 'browser/buffer.ts')],
    bundle: true,
    minify: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    target: ['chrome123', 'firefox120', 'safari17.5'],
    // Kept ASCII, and nothing that would end the script's element.
    charset: 'ascii',
    legalComments: 'none',
  });
  const [{ text } = { text: '' }] = outputFiles;
  return text.replaceAll('</script', '<\\/script');
}

/** The console's own colours: what stands before its theme begins. */
function tokens(): string {
  const css = read('app/globals.css');
  const from = css.indexOf(':root {');
  const to = css.indexOf('@theme');
  if (from < 0 || to < from) throw new Error('app/globals.css has no tokens before its theme');
  return css.slice(from, to);
}

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

export async function verifyPage(): Promise<string> {
  const font = base64('node_modules/geist/dist/fonts/geist-sans/Geist-Variable.woff2');
  const face = `@font-face{font-family:Geist;font-weight:100 900;src:url(data:font/woff2;base64,${font})}`;
  const style = `${face}${tokens()}${read(`${OFFLINE}/browser/page.css`)}`;
  const script = await browserCode(`${OFFLINE}/browser/page.ts`);
  const parts: Record<string, string> = {
    style,
    script,
    icon: `data:image/svg+xml;base64,${base64('public/icon.svg')}`,
    // No source for anything else: the page can reach nothing, and runs only what it was made with.
    policy: `default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; img-src data:; font-src data:; base-uri 'none'; form-action 'none'`,
  };
  return read(`${OFFLINE}/browser/page.html`).replace(
    /\{\{(\w+)\}\}/g,
    (_, name: string) => parts[name] ?? '',
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(join(ROOT, 'public/verify.html'), await verifyPage());
}
