/**
 * Entry point of `npm start`. Plain JavaScript, so that every Node runs it: start.ts needs one that
 * runs TypeScript.
 */
if (process.features.typescript) {
  await import('./start.ts');
} else {
  console.error(
    `npm start needs Node 22.18 or newer, and this is ${process.version}. The install script of the ` +
      'package "node" brings one, but it has not run: run `npm rebuild node --ignore-scripts=false` ' +
      '(with pnpm: `pnpm approve-builds`), or install a newer Node.',
  );
  process.exitCode = 1;
}
