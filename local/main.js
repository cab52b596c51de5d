/**
 * Entry point of `npm start`. Plain JavaScript, so that every Node runs it: start.ts needs one that
 * runs TypeScript. Writes the first line before anything is loaded.
 */
if (process.features.typescript) {
  const args = process.argv.slice(2);
  if (!args.includes('--json') && !args.includes('--help')) {
    // start.ts handles a closed output.
    process.stdout.once('error', () => undefined);
    process.stdout.write('Starting the API on this machine …\n');
  }
  await import('./start.ts');
} else {
  const remedy = process.env['npm_lifecycle_event']
    ? 'The install script of the package "node" brings one, but it has not run: run ' +
      '`npm rebuild node --ignore-scripts=false` (with pnpm: `pnpm approve-builds`), or install a newer Node.'
    : 'Run it with npm start or npm run start:real, which use the Node in node_modules.';
  console.error(`npm start needs Node 22.18 or newer, and this is ${process.version}. ${remedy}`);
  process.exitCode = 1;
}
