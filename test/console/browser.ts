/**
 * One real Chromium for all tests of the console, of the project's own packages: started once, and each
 * test file connects to it. On other systems than Linux on x64, for which the package has none, an
 * installed Chrome.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium, type LaunchOptions } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import lock from '../../package-lock.json' with { type: 'json' };

declare module 'vitest' {
  interface ProvidedContext {
    browser: string;
  }
}

const cache = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url));
const { version } = lock.packages['node_modules/@sparticuz/chromium'];

/** Besides what a container needs: nothing that the browser would ask the network for by itself. */
const args = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await chromium.launchServer({ ...(await findBrowser()), host: '127.0.0.1' });
  project.provide('browser', server.wsEndpoint());
  return () => server.close();
}

/** How to launch it: where it is, and what it gets. */
export async function findBrowser(): Promise<LaunchOptions> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return { channel: 'chrome', args };
  const folder = join(cache, `chromium-${version}`);
  if (!existsSync(folder)) {
    await mkdir(cache, { recursive: true });
    const extract = fileURLToPath(new URL('./extract-chromium.ts', import.meta.url));
    await promisify(execFile)(process.execPath, [extract, folder]);
  }
  return {
    args,
    executablePath: join(folder, 'chromium'),
    env: {
      ...(process.env as Record<string, string>),
      LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
      FONTCONFIG_FILE: join(folder, 'fonts.conf'),
    },
  };
}
