/**
 * The page of `npm start`: built from `console/` once and served from memory. Its headers allow requests to
 * this machine only; with a real project also to the vendor, because the page loads the vendor's client.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export interface ConsoleOptions {
  readonly kind: 'opentok' | 'vonage';
  /** API key or application id. */
  readonly projectId: string;
  /** Whether sessions are made on the real platform. */
  readonly usesRealPlatform: boolean;
}

export interface Page {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Returns the page at a path; `undefined` if the console has none there. */
export type FindPage = (method: string, path: string) => Page | undefined;

const root = fileURLToPath(new URL('..', import.meta.url));

export async function buildConsole(options: ConsoleOptions): Promise<FindPage> {
  const [html, { outputFiles }] = await Promise.all([
    readFile(`${root}console/index.html`, 'utf8'),
    build({
      absWorkingDir: root,
      entryPoints: { console: 'console/main.ts' },
      bundle: true,
      format: 'esm',
      target: 'es2022',
      outdir: 'out',
      write: false,
    }),
  ]);
  const [script] = outputFiles;
  const headers = toHeaders(options.usesRealPlatform);
  const page = (type: string, body: string): Page => ({
    statusCode: 200,
    headers: { ...headers, 'content-type': `${type}; charset=utf-8` },
    body,
  });
  const pages = new Map([
    ['/', page('text/html', fillIn(html, options))],
    ['/console.js', page('text/javascript', script?.text ?? '')],
    ['/console.css', page('text/css', await readFile(`${root}console/style.css`, 'utf8'))],
  ]);
  return (method, path) => {
    const found = pages.get(path.split('?', 1)[0] ?? '');
    if (!found || (method !== 'GET' && method !== 'HEAD')) return undefined;
    return method === 'HEAD' ? { ...found, body: '' } : found;
  };
}

function fillIn(html: string, { kind, projectId, usesRealPlatform }: ConsoleOptions): string {
  return html
    .replace('{{kind}}', kind)
    .replace('{{id}}', projectId.replace(/[^\w-]/g, ''))
    .replace('{{platform}}', usesRealPlatform ? 'real' : 'stand-in');
}

/** Hosts from which the vendor's client loads scripts, styles and media, and to which it opens sockets. */
const VENDOR = 'https://*.opentok.com https://*.tokbox.com https://*.vonage.com';
const VENDOR_SOCKETS = VENDOR.replaceAll('https:', 'wss:');

function toHeaders(usesRealPlatform: boolean): Record<string, string> {
  const and = (more: string) => (usesRealPlatform ? ` ${more}` : '');
  const policy = [
    "default-src 'none'",
    `script-src 'self'${and(VENDOR)}`,
    `style-src 'self'${and(`'unsafe-inline' ${VENDOR}`)}`,
    `img-src 'self' data:${and(VENDOR)}`,
    `connect-src 'self'${and(`${VENDOR} ${VENDOR_SOCKETS}`)}`,
    ...(usesRealPlatform ? ["media-src 'self' blob:", "worker-src 'self' blob:"] : []),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'cache-control': 'no-store',
    'content-security-policy': policy.join('; '),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
}
