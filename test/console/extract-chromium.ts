/**
 * Unpacks the Chromium of the package `@sparticuz/chromium`, with the libraries and fonts that it needs, so
 * that it uses none of this machine. Runs in a separate process, because the package changes the environment.
 * Argument: the folder, which is complete once it exists. Prints nothing.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const [, , folder = ''] = process.argv;
const unpacked = await mkdtemp(join(dirname(folder), 'unpacking-'));
process.env['TMPDIR'] = unpacked;
// The package unpacks the libraries for this value only.
process.env['AWS_EXECUTION_ENV'] = 'AWS_Lambda_nodejs22.x';
const { default: chromium } = await import('@sparticuz/chromium');
await chromium.executablePath();
// The package's own file has the folder of Lambda; without any font, a form crashes the browser.
await writeFile(
  join(unpacked, 'fonts.conf'),
  `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(folder, 'fonts')}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${join(folder, 'fonts-cache')}</cachedir>
</fontconfig>
`,
);
try {
  await rename(unpacked, folder);
} catch (cause) {
  // Another process was first.
  await rm(unpacked, { recursive: true });
  if (!existsSync(folder)) throw cause;
}
