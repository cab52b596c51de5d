import type { BrowserServer } from 'playwright-core';
import { describe, expect, it, vi } from 'vitest';
import { createSetup, type Machine } from './browser.ts';

const linux: Machine = { platform: 'linux', arch: 'x64', ci: undefined };
const missing = new Error("Chromium distribution 'chrome' is not found\nRun ...");

function setUp(machine: Machine, launch: () => Promise<BrowserServer>) {
  const provide = vi.fn();
  const print = vi.fn();
  return { provide, print, done: createSetup({ machine, launch, print })({ provide }) };
}

describe('the setup of the tests in a browser', () => {
  it.each<[string, Machine]>([
    ['macOS', { platform: 'darwin', arch: 'arm64', ci: undefined }],
    ['macOS in CI', { platform: 'darwin', arch: 'arm64', ci: 'true' }],
    ['Windows', { platform: 'win32', arch: 'x64', ci: undefined }],
    ['Linux arm64 in CI', { platform: 'linux', arch: 'arm64', ci: 'true' }],
    ['Linux x64 outside CI', linux],
    ['Linux x64 with CI=false', { ...linux, ci: 'false' }],
  ])('skips them without a browser, and says so at the end: %s', async (_where, machine) => {
    const { provide, print, done } = setUp(machine, () => Promise.reject(missing));
    const tearDown = await done;
    expect(provide).toHaveBeenCalledExactlyOnceWith('browser', '');
    expect(print).not.toHaveBeenCalled();
    await tearDown();
    expect(print).toHaveBeenCalledExactlyOnceWith(
      "Skipped: the tests in a browser (test/*/*.browser.test.ts), because no browser starts here (Chromium distribution 'chrome' is not found). Install Chrome to run them.",
    );
  });

  it.each(['true', '1'])('fails without a browser on Linux x64 with CI=%s', async (ci) => {
    const { provide, done } = setUp({ ...linux, ci }, () => Promise.reject(missing));
    await expect(done).rejects.toBe(missing);
    expect(provide).not.toHaveBeenCalled();
  });

  it('provides the endpoint of the browser, and closes it at the end', async () => {
    const close = vi.fn(async () => undefined);
    const server = { wsEndpoint: () => 'ws://127.0.0.1:1', close } as unknown as BrowserServer;
    const { provide, print, done } = setUp({ ...linux, ci: 'true' }, async () => server);
    await (await done)();
    expect(provide).toHaveBeenCalledExactlyOnceWith('browser', 'ws://127.0.0.1:1');
    expect(close).toHaveBeenCalledOnce();
    expect(print).not.toHaveBeenCalled();
  });
});
