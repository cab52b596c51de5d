/**
 * One Chromium for all tests of a project of vitest.config.ts: started once, and each test file connects to it. On Linux
 * x64 it comes with the project's own packages; on other systems, which the package does not support,
 * it is the installed Chrome.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type BrowserServer, chromium, type LaunchOptions } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import lock from '../../package-lock.json' with { type: 'json' };

declare module 'vitest' {
  interface ProvidedContext {
    /** Endpoint to connect to; empty without a browser. */
    browser: string;
  }
}

const cache = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url));
const { version } = lock.packages['node_modules/@sparticuz/chromium'];

/** For containers, and against automatic requests of the browser. */
const args = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
  // A request that a test does not answer finds no other machine.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
];

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** The environment variable `CI`. */
  readonly ci: string | undefined;
}

export interface SetupOptions {
  readonly machine: Machine;
  readonly launch: () => Promise<BrowserServer>;
  readonly print: (line: string) => void;
}

/** What the setup uses of Vitest's project. */
type Provider = Pick<TestProject, 'provide'>;

/**
 * Returns a setup that starts the browser. Without a usable one, the tests in a browser are skipped,
 * and the last line of the run says so; on Linux x64 with `CI` set, where the project's own packages
 * bring the browser, the run fails.
 */
export function createSetup({ machine, launch, print }: SetupOptions) {
  return async (project: Provider): Promise<() => Promise<void>> => {
    let server: BrowserServer;
    try {
      server = await launch();
    } catch (cause) {
      if (isBrowserRequired(machine)) throw cause;
      project.provide('browser', '');
      const [reason = ''] = String((cause as Error).message).split('\n', 1);
      return async () =>
        print(
          `Skipped: the tests in a browser (test/*/*.browser.test.ts), because no browser starts here (${reason}). Install Chrome to run them.`,
        );
    }
    project.provide('browser', server.wsEndpoint());
    return () => server.close();
  };
}

function isBrowserRequired({ platform, arch, ci }: Machine): boolean {
  return platform === 'linux' && arch === 'x64' && ci !== undefined && !/^(?:|0|false)$/i.test(ci);
}

export default createSetup({
  machine: { platform: process.platform, arch: process.arch, ci: process.env['CI'] },
  launch: async () => chromium.launchServer({ ...(await findBrowser()), host: '127.0.0.1' }),
  print: (line) => console.warn(`\n${line}`),
});

/** Returns the launch options of the browser, which is unpacked if it has not been. */
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
