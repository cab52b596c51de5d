/**
 * serverless plugin: gives a packaging command its own temporary folder, and removes it when the
 * process ends, also after a failure.
 *
 * serverless-esbuild (1.57.2, dist/utils/effect-fs.js) copies each function into the system's temporary
 * folder and fails silently to delete the copies, because it removes them without `recursive`. List this
 * plugin before it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const packagingCommands = ['package', 'deploy', 'deploy function', 'diff'];

export default class TemporaryFiles {
  constructor({ processedInput }) {
    const isPackaging = packagingCommands.includes(processedInput.commands.join(' '));
    this.hooks = isPackaging ? { initialize: redirectTemporaryFiles } : {};
  }
}

function redirectTemporaryFiles() {
  const folder = mkdtempSync(join(tmpdir(), 'opentok-sessions-package-'));
  // All that `os.tmpdir()` reads, on any system.
  Object.assign(process.env, { TMPDIR: folder, TEMP: folder, TMP: folder });
  process.once('exit', () => {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // The outcome of the command matters more than a leftover.
    }
  });
}
