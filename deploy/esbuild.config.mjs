/**
 * How a handler becomes the file that Lambda runs: the one place that says so.
 *
 * serverless-esbuild reads it (serverless.yml, `custom.esbuild.config`), and so may anything else
 * that must bundle exactly as the deployment does. Plain JavaScript rather than TypeScript, because
 * the serverless command `require`s it with whatever Node it was started on.
 */
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';

/** esbuild asks its plugins about what matches, and each question costs a trip to another process. */
const anyBuiltin = new RegExp(`^(?:node:)?(?:${builtinModules.join('|')})$`);

/**
 * Takes from Node's own modules what is used and nothing else. An `import` of one copies all its
 * exports, which runs getters that load parts nobody asked for (undici, for `node:http`). 0.91.
 *
 * @type {import('esbuild').Plugin}
 */
const builtinsByName = {
  name: 'builtins-by-name',
  setup(build) {
    build.onResolve({ filter: anyBuiltin }, ({ path, kind }) =>
      kind === 'import-statement'
        ? { path: path.replace(/^node:/, ''), namespace: 'builtin' }
        : undefined,
    );
    build.onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => {
      const builtin = process.getBuiltinModule(`node:${path}`);
      if (!builtin) return { errors: [{ text: `This Node has no module node:${path}` }] };
      const names = Object.keys(builtin);
      const read = (name) => `export const ${name} = /* @__PURE__ */ (() => $builtin.${name})();`;
      return {
        contents: `
          const $builtin = /* @__PURE__ */ process.getBuiltinModule('node:${path}');
          export default $builtin;
          ${names.map(read).join('\n')}
        `,
      };
    });
  },
};

/**
 * Of all that package.json says, a function knows its version.
 *
 * @type {import('esbuild').Plugin}
 */
const versionAlone = {
  name: 'version-alone',
  setup(build) {
    build.onLoad({ filter: /[\\/]package\.json$/ }, ({ path }) => {
      const { version } = JSON.parse(readFileSync(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

/** `import()`s that no operation of ours gets to: event streams. Lambda never loads them. */
const neverImported = ['@smithy/core/event-streams'];

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
  external: neverImported,
  minify: true,
  // V8 gets over a function faster than over an arrow: 0.84 of the time to read the file, 0.98.
  supported: { arrow: false },
  legalComments: 'none',
  plugins: [builtinsByName, versionAlone],
};

/**
 * The same in serverless-esbuild's words.
 *
 * @returns {Record<string, unknown>}
 */
function serverlessEsbuildOptions() {
  const { outExtension, external, ...options } = bundleOptions;
  return {
    ...options,
    outputFileExtension: outExtension?.['.js'],
    // Neither bundled nor put into the zip as a package.
    exclude: external,
  };
}

// serverless-esbuild calls what `require` returns, which for an ES module is this export.
export { serverlessEsbuildOptions as 'module.exports' };
