/**
 * How a handler becomes the file that Lambda runs: the one place that says so.
 *
 * serverless-esbuild reads it (serverless.yml, `custom.esbuild.config`), and so may anything else
 * that must bundle exactly as the deployment does. Plain JavaScript rather than TypeScript, because
 * the serverless command `require`s it with whatever Node it was started on.
 */
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';

/** esbuild calls its plugins for every path that matches, and each call crosses processes. */
const anyBuiltin = new RegExp(`^(?:node:)?(?:${builtinModules.join('|')})$`);

/**
 * Imports only the used exports of Node's own modules. An `import` of a whole module copies all its
 * exports, which runs getters that load unused parts (undici, for `node:http`). Cold start: 0.91 of before.
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
 * Bundles only the version of package.json.
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

/** Dynamic imports that no operation in use reaches: event streams. Lambda never loads them. */
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
