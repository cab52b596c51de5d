/**
 * How a handler becomes the file that Lambda runs: the one place that says so.
 *
 * serverless-esbuild reads it (serverless.yml, `custom.esbuild.config`), and so may anything else
 * that must bundle exactly as the deployment does. Plain JavaScript rather than TypeScript, because
 * the serverless command `require`s it with whatever Node it was started on.
 */
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename, dirname, extname } from 'node:path';

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
 * Parts of the AWS SDK that a function on Lambda cannot reach, and what stands in for them. The
 * numbers are cold work (import and first invocation, medians) relative to the bundle without the
 * line; test/packages/bundle-size.test.ts fails when one of them comes back, test/packages/bundle-secrets.test.ts
 * drives the bundle over the real protocol.
 */
const STAND_INS = [
  {
    // Lambda gives credentials in the environment and nowhere else; all other providers are dead
    // weight. 0.92, together with the event streams 0.86.
    file: /credential-provider-node[\\/]dist-es[\\/]index\.js$/,
    contents: `export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';`,
  },
  {
    // Settings come from the environment, else they are the default: there are no ~/.aws files on
    // Lambda. The SDK looks for them once per setting, and makes an error with a stack of each miss. 0.93.
    file: /node-config-provider[\\/]configLoader\.js$/,
    contents: `
      export const loadConfig = ({ environmentVariableSelector, default: fallback }, options) => {
        const load = async () => {
          try {
            const value = environmentVariableSelector(process.env, options);
            if (value !== undefined) return value;
          } catch {
            // What is not valid counts as not there, as in the original.
          }
          return typeof fallback === 'function' ? fallback() : fallback;
        };
        let loading;
        return () => (loading ??= load());
      };
    `,
  },
  {
    // Bodies are text. For those that are files it asks for `fs.ReadStream`, which loads a part of
    // Node that nothing else needs.
    file: /util-body-length[\\/]calculateBodyLength\.js$/,
    contents: `export const calculateBodyLength = (body) => Buffer.byteLength(body ?? '');`,
  },
  // From here on bytes alone, 3 KB of a zip.
  {
    // SHA-256 in JavaScript, for a Node without its own.
    file: /sha256[\\/]Sha256Js\.js$/,
    contents: `export const Sha256Js = undefined;`,
  },
  {
    // Signs the headers of event streams' messages.
    file: /signature-v4[\\/]dist-es[\\/]HeaderFormatter\.js$/,
    contents: `export class HeaderFormatter {}`,
  },
];

/**
 * `import()`s that no operation of ours gets to: event streams (of which the mere possibility keeps
 * esbuild from merging modules, 0.90) and the parsing of browsers' names (11 KB in the zip).
 */
const NEVER_IMPORTED = /^(?:@smithy\/core\/event-streams|bowser)$/;

const IN_ANOTHER_PACKAGE = /[\\/]node_modules[\\/](?!@aws-sdk[\\/]client-)/;

/** @type {import('esbuild').Plugin} */
const withoutDeadWeight = {
  name: 'without-dead-weight',
  setup(build) {
    for (const { file, contents } of STAND_INS) {
      build.onLoad({ filter: file }, ({ path }) => ({ contents, resolveDir: dirname(path) }));
    }
    // Of its whole package.json a client only names its version, in the User-Agent header; so do we.
    build.onLoad({ filter: /[\\/]package\.json$/ }, ({ path }) => {
      if (IN_ANOTHER_PACKAGE.test(path)) return undefined;
      const { version } = JSON.parse(readFileSync(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
    build.onResolve({ filter: NEVER_IMPORTED }, ({ path }) => ({ path, external: true }));
  },
};

/**
 * Takes from Node's own modules what is used and nothing else. An `import` of one copies all its
 * exports, which runs getters that load parts nobody asked for (undici, for `node:http`). 0.91.
 *
 * @type {import('esbuild').Plugin}
 */
const builtinsByName = {
  name: 'builtins-by-name',
  setup(build) {
    build.onResolve({ filter: /./ }, ({ path, kind }) =>
      kind === 'import-statement' && isBuiltin(path)
        ? { path: path.replace(/^node:/, ''), namespace: 'builtin' }
        : undefined,
    );
    build.onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => {
      const names = Object.keys(process.getBuiltinModule(`node:${path}`));
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
  // V8 gets over a function faster than over an arrow: 0.84 of the time to read the file, 0.98.
  supported: { arrow: false },
  legalComments: 'none',
  plugins: [chunksNamedAfterHandler, withoutDeadWeight, builtinsByName],
};

/**
 * The same in serverless-esbuild's words.
 *
 * @returns {Record<string, unknown>}
 */
function serverlessEsbuildOptions() {
  const { outExtension, ...options } = bundleOptions;
  return {
    ...options,
    outputFileExtension: outExtension?.['.js'],
    exclude: [],
  };
}

// serverless-esbuild calls what `require` returns, which for an ES module is this export.
export { serverlessEsbuildOptions as 'module.exports' };
