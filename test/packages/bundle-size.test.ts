/**
 * Limits the bundles to their recorded sizes, and excludes modules that were removed from them
 * (docs/benchmarks.md).
 */
import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { bundleOptions } from '../../deploy/esbuild.config.mjs';

/** Bytes that Lambda reads at a cold start. Record a growth of more than 5 % here if it is justified. */
const RECORDED_BYTES: Readonly<Record<string, number>> = {
  createSession: 138_696,
  describeApi: 194_976,
  inspectToken: 131_543,
  issueToken: 129_029,
  // The seats of rooms, here and in joinRoom, manageRoom and receiveCallback.
  joinAsGuest: 208_119,
  joinRoom: 201_132,
  // The list of rooms, participants and bans.
  manageRoom: 212_337,
  closeRooms: 162_149,
  receiveCallback: 194_901,
  openRoom: 174_556,
};

const { functions, optionalFunctions } = inject('packaged');
const all = Object.entries({ ...functions, ...optionalFunctions });

describe.each(all)('the bundle of %s', (name, { files, handlerFile }) => {
  it('is at most 5 % larger than recorded', () => {
    const folder = dirname(dirname(handlerFile));
    const sizes = files.map((file) => statSync(join(folder, file)).size);
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    expect(RECORDED_BYTES, `record ${bytes} bytes`).toHaveProperty(name);
    expect(bytes).toBeLessThanOrEqual((RECORDED_BYTES[name] ?? 0) * 1.05);
  });
});

const DEAD_WEIGHT: readonly [what: string, inputs: RegExp][] = [
  [
    'a credential provider that Lambda never uses',
    /credential-provider-(?!env\/)[^/]+\/(?!.*index)/,
  ],
  [
    'clients of STS and SSO',
    /@aws-sdk\/(?:nested-clients|token-providers|client-sso|client-sts)\//,
  ],
  [
    "the SDK's clients: calls are made of its parts (lib/network/aws-operation.ts)",
    /@aws-sdk\/client-[^/]+\/dist-es\/(?:commands\/|endpoint\/|runtimeConfig|[^/]*Client\.)/,
  ],
  ['event streams', /event-?streams?\b|eventstream-/],
  ['a user-agent parser', /\/bowser\//],
  ['a reader of ~/.aws files', /shared-ini-file-loader\/(?:parseIni|readFile|getHomeDir)/],
  ['unused protocols', /\/(?:cbor|xml-builder|fast-xml-parser)\//],
  ['the CommonJS build of the SDK', /\/dist-cjs\//],
];

/** The only bundle that contains the OpenAPI document. */
const DESCRIBING = 'describe-api.ts';
const DOCUMENT = /(?:^docs\/|\.docs\.ts$)/;

const root = fileURLToPath(new URL('../..', import.meta.url));
const handlers = readdirSync(new URL('../../handlers', import.meta.url));

describe.each(handlers)('the bundle of handlers/%s', (handler) => {
  let metafile: Metafile;
  beforeAll(async () => {
    const built = await build({
      ...bundleOptions,
      absWorkingDir: root,
      entryPoints: [`handlers/${handler}`],
      outdir: `bundle-of-${basename(handler, '.ts')}`,
      write: false,
      metafile: true,
    });
    metafile = built.metafile as Metafile;
  });

  const findBundled = (pattern: RegExp) =>
    Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.entries(inputs)
        .filter(([input, { bytesInOutput }]) => bytesInOutput > 0 && pattern.test(input))
        .map(([input]) => input),
    );

  it.each(DEAD_WEIGHT)('does not contain %s', (_what, pattern) => {
    expect(findBundled(pattern)).toEqual([]);
  });

  it('contains the OpenAPI document only if it serves it, and never the texts it is generated from', () => {
    expect(findBundled(DOCUMENT)).toEqual(handler === DESCRIBING ? ['docs/openapi.json'] : []);
  });

  it('imports Node modules without loading unused parts', () => {
    const imported = Object.values(metafile.outputs).flatMap(({ imports }) => imports);
    const external = imported.filter(({ kind, external }) => external && kind !== 'dynamic-import');
    expect(external).toEqual([]);
  });
});
