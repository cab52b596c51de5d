/**
 * What is measured: our functions as they are deployed, and what a team would pick instead.
 */
import { fileURLToPath } from 'node:url';
import type { BuildOptions } from 'esbuild';

interface AnyRow {
  /** Its name within the benchmark; of our functions that of the handler's file. */
  readonly name: string;
  /** Its name in the table. */
  readonly label: string;
  /** What its answers are checked for. */
  readonly makes: 'nothing' | 'token' | 'livekit token' | 'session' | 'signature';
  /** Whose secret it reads. */
  readonly project: 'opentok' | 'vonage';
}

export interface OurRow extends AnyRow {
  /** As in serverless.yml. */
  readonly functionName: string;
}

export interface PeerRow extends AnyRow {
  readonly entry: string;
  readonly options: BuildOptions;
}

export type Row = OurRow | PeerRow;

/** What `esbuild --bundle --platform=node` does. */
const defaults = { bundle: true, platform: 'node' } as const satisfies BuildOptions;

/** As good as it gets for code with no dependency, or with `jose` alone. */
const esm = { ...defaults, format: 'esm', minify: true } as const satisfies BuildOptions;

function peer(name: string, label: string, row: Partial<PeerRow> = {}): PeerRow {
  const entry = fileURLToPath(new URL(`peers/${name}.ts`, import.meta.url));
  return { name, label, entry, options: defaults, makes: 'token', project: 'opentok', ...row };
}

export const rows: readonly Row[] = [
  peer('floor', 'floor: no imports, no work', { makes: 'nothing' }),
  peer('practical-limit', 'practical limit: hand-signed request, no SDK', { options: esm }),
  {
    name: 'issue-token',
    label: '**issueToken**',
    functionName: 'issueToken',
    makes: 'token',
    project: 'opentok',
  },
  peer('naive', 'naive: the same two dependencies, esbuild’s defaults'),
  peer('jsonwebtoken', '`jsonwebtoken`'),
  peer('livekit', '`livekit-server-sdk`', { makes: 'livekit token' }),
  peer('opentok', '`opentok`'),
  peer('vonage', '`@vonage/video` (RS256)', { project: 'vonage' }),
  peer('bare-jose', 'signing alone: `jose`, imported key', { makes: 'signature', options: esm }),
  peer('bare-hmac', 'signing alone: `createHmac`', { makes: 'signature', options: esm }),
  {
    name: 'create-session',
    label: '**createSession**',
    functionName: 'createSession',
    makes: 'session',
    project: 'opentok',
  },
  peer('opentok-session', '`opentok`, createSession', { makes: 'session' }),
];
