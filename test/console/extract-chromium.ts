/**
 * Unpacks the Chromium that the package `@sparticuz/chromium` ships, with the libraries and fonts that
 * it needs, so that nothing of this machine's own is asked for. In a process of its own, because the
 * package changes its environment. Prints nothing; argument: the folder, which is complete once it is there.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const [, , folder = ''] = process.argv;
const unpacked = await mkdtemp(join(dirname(folder), 'unpacking-'));
process.env['TMPDIR'] = unpacked;
// Only for this value it unpacks the libraries too.
process.env['AWS_EXECUTION_ENV'] = 'AWS_Lambda_nodejs22.x';
const { default: chromium } = await import('@sparticuz/chromium');
await chromium.executablePath();
// The package's own looks for the fonts where Lambda has them; without any, a form ends the browser.
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
  // Somebody else was first.
  await rm(unpacked, { recursive: true });
  if (!existsSync(folder)) throw cause;
}
