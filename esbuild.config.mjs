/**
 * How a handler becomes the file that Lambda runs: the one place that says so.
 *
 * serverless-esbuild reads it (serverless.yml, `custom.esbuild.config`), and so may anything else
 * that must bundle exactly as the deployment does. Plain JavaScript rather than TypeScript, because
 * the serverless command `require`s it with whatever Node it was started on.
 */
import { basename, extname } from 'node:path';

/**
 * Names the chunks that load later (`import()`) after the handler they belong to.
 *
 * All handlers are built into one folder, and serverless-esbuild keeps a file out of a function's
 * zip only if its name starts with the name of another function's handler. Without this every zip
 * carries the chunks of all functions.
 *
 * @type {import('esbuild').Plugin}
 */
const chunksNamedAfterHandler = {
  name: 'chunks-named-after-handler',
  setup(build) {
    const [entry] = Object.values(build.initialOptions.entryPoints ?? {});
    if (typeof entry !== 'string') throw new Error('Give one handler file per build.');
    build.initialOptions.chunkNames = `${basename(entry, extname(entry))}.[name]-[hash]`;
  },
};

/**
 * esbuild options for one handler; add `entryPoints: [file]` and `outdir`. Yields `<name>.mjs`.
 *
 * @type {import('esbuild').BuildOptions}
 */
export const bundleOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  // Without it esbuild takes the AWS SDK's CommonJS build, which crashes on import in an ES module.
  mainFields: ['module', 'main'],
  splitting: true,
  minify: true,
  legalComments: 'none',
  plugins: [chunksNamedAfterHandler],
};

/**
 * The same in serverless-esbuild's words.
 *
 * @returns {Record<string, unknown>}
 */
function serverlessEsbuildOptions() {
  const { outExtension, ...options } = bundleOptions;
  return { ...options, outputFileExtension: outExtension?.['.js'], exclude: [] };
}

// serverless-esbuild calls what `require` returns, which for an ES module is this export.
export { serverlessEsbuildOptions as 'module.exports' };
