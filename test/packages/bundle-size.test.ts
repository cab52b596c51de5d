/**
 * Keeps the packages as small as they were measured to be: by their bytes, and by what must not come
 * back into them (see docs/benchmarks.md).
 */
import { readdirSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { bundleOptions } from '../../deploy/esbuild.config.mjs';

/** Bytes of the zips. Growth beyond 5 % is to be noticed, and recorded here if it is worth it. */
const RECORDED_ZIP_BYTES: Readonly<Record<string, number>> = {
  createSession: 42_737,
  describeApi: 18_276,
  inspectToken: 41_246,
  issueToken: 40_161,
  joinAsGuest: 49_964,
  joinRoom: 52_359,
  manageRoom: 53_417,
  openRoom: 51_458,
};

const { functions, optionalFunctions } = inject('packaged');
const all = Object.entries({ ...functions, ...optionalFunctions });

describe.each(all)('the zip of %s', (name, packaged) => {
  it('has grown by at most 5 % since its size was recorded', () => {
    const { size } = statSync(packaged.zipFile);
    expect(RECORDED_ZIP_BYTES, `record ${size} bytes`).toHaveProperty(name);
    expect(size).toBeLessThanOrEqual((RECORDED_ZIP_BYTES[name] ?? 0) * 1.05);
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
  ["a parser of browsers' names", /\/bowser\//],
  ['a reader of ~/.aws files', /shared-ini-file-loader\/(?:parseIni|readFile|getHomeDir)/],
  ['protocols that no client of ours speaks', /\/(?:cbor|xml-builder|fast-xml-parser)\//],
  ['the CommonJS build of the SDK', /\/dist-cjs\//],
];

/** The one bundle that the API's document is in. */
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

  it.each(DEAD_WEIGHT)('is without %s', (_what, pattern) => {
    expect(findBundled(pattern)).toEqual([]);
  });

  it("has the API's document exactly if it serves it, and none of the words that it is made of", () => {
    expect(findBundled(DOCUMENT)).toEqual(handler === DESCRIBING ? ['docs/openapi.json'] : []);
  });

  it('imports no module of Node in a way that loads parts of it that nobody asked for', () => {
    const imported = Object.values(metafile.outputs).flatMap(({ imports }) => imports);
    const external = imported.filter(({ kind, external }) => external && kind !== 'dynamic-import');
    expect(external).toEqual([]);
  });
});
