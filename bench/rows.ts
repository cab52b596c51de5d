/**
 * What is measured: our handlers as they are deployed, and what a team would pick instead.
 */
import { fileURLToPath } from 'node:url';
import type { BuildOptions } from 'esbuild';
import { bundleOptions } from '../esbuild.config.mjs';

/** One row of the table. */
export interface Row {
  /** Its name in the table and of its folder. */
  readonly name: string;
  readonly label: string;
  readonly entry: string;
  readonly options: BuildOptions;
  /** What an answer is checked for. */
  readonly makes: 'nothing' | 'token' | 'livekit token' | 'session' | 'signature';
  readonly project: 'opentok' | 'vonage';
}

/** What `esbuild --bundle --platform=node` does. */
const defaults = { bundle: true, platform: 'node' } as const satisfies BuildOptions;

/** As good as it gets for code without dependencies, or with `jose` alone. */
const esm = {
  ...defaults,
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  minify: true,
} as const satisfies BuildOptions;

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

function peer(name: string, label: string, row: Partial<Row> = {}): Row {
  const entry = here(`peers/${name}.ts`);
  return { name, label, entry, options: defaults, makes: 'token', project: 'opentok', ...row };
}

function ours(name: string, label: string, makes: Row['makes']): Row {
  const entry = here(`../handlers/${name}.ts`);
  return { name, label, entry, options: bundleOptions, makes, project: 'opentok' };
}

export const rows: readonly Row[] = [
  peer('floor', 'floor: no imports, no work', { makes: 'nothing' }),
  peer('practical-limit', 'practical limit: hand-signed request, no SDK', {
    options: esm,
  }),
  ours('issue-token', '**issueToken**', 'token'),
  peer('naive', 'naive: the same two dependencies, esbuild’s defaults'),
  peer('jsonwebtoken', '`jsonwebtoken`'),
  peer('livekit', '`livekit-server-sdk`', { makes: 'livekit token' }),
  peer('opentok', '`opentok`'),
  peer('vonage', '`@vonage/video` (RS256)', { project: 'vonage' }),
  peer('bare-jose', 'signing alone: `jose`, imported key', { makes: 'signature', options: esm }),
  peer('bare-hmac', 'signing alone: `createHmac`', { makes: 'signature', options: esm }),
  ours('create-session', '**createSession**', 'session'),
  peer('opentok-session', '`opentok`, createSession', { makes: 'session' }),
];
