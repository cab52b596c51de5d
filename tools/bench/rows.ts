/**
 * What is measured: the functions as they are deployed, and what a team would pick instead.
 */
import { fileURLToPath } from 'node:url';
import type { BuildOptions } from 'esbuild';

/** What a row's response must contain, which also decides what it is sent. */
export type Makes =
  | 'nothing'
  | 'token'
  | 'livekit token'
  | 'session'
  | 'room token'
  | 'guest token of a room'
  | 'open room'
  | 'callback about a room'
  | 'signature';

interface AnyRow {
  /** Its name within the benchmark; for functions of this project, that of the handler's file. */
  readonly name: string;
  /** Its name in the table. */
  readonly label: string;
  readonly makes: Makes;
  /** The kind of project in the secret that it reads. */
  readonly project: 'opentok' | 'vonage';
  /** The function that it is compared with: itself, its naive twin or its practical limit. */
  readonly of?: string;
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

/** Each of our functions, its naive twin and its practical limit, by what they have in common. */
export const functions = [
  { name: 'issue-token', functionName: 'issueToken', makes: 'token', kind: 'token' },
  { name: 'create-session', functionName: 'createSession', makes: 'session', kind: 'session' },
  { name: 'join-room', functionName: 'joinRoom', makes: 'room token', kind: 'join' },
  { name: 'open-room', functionName: 'openRoom', makes: 'open room', kind: 'open' },
  {
    name: 'join-as-guest',
    functionName: 'joinAsGuest',
    makes: 'guest token of a room',
    kind: 'guest',
  },
  {
    name: 'receive-callback',
    functionName: 'receiveCallback',
    makes: 'callback about a room',
    kind: 'callback',
  },
] as const;

const ours = functions.flatMap(({ name, functionName, makes, kind }): Row[] => [
  { name, functionName, makes, label: `**${functionName}**`, project: 'opentok', of: name },
  peer(`naive-${kind}`, `naive twin of ${functionName}`, { makes, of: name }),
  peer(`limit-${kind}`, `practical limit of ${functionName}`, { makes, of: name, options: esm }),
]);

export const rows: readonly Row[] = [
  peer('floor', 'floor: no imports, no work', { makes: 'nothing' }),
  ...ours,
  peer('jsonwebtoken', 'token: `jsonwebtoken`'),
  peer('livekit', 'token: `livekit-server-sdk`', { makes: 'livekit token' }),
  peer('opentok', 'token: `opentok`'),
  peer('vonage', 'token: `@vonage/video` (RS256)', { project: 'vonage' }),
  peer('opentok-session', 'session: `opentok`', { makes: 'session' }),
  peer('bare-jose', 'signing alone: `jose`, imported key', { makes: 'signature', options: esm }),
  peer('bare-hmac', 'signing alone: `createHmac`', { makes: 'signature', options: esm }),
];
