/** Faults of Secrets Manager, of a secret, and of a secret that was rotated. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect, vi } from 'vitest';
import type { Fault } from '../../stand-ins/faults.ts';
import { platformFaults, statusFault } from '../../stand-ins/platform-faults.ts';
import { type SecretsManager, secretFaults } from '../../stand-ins/secrets-manager.ts';
import { SECRET_ID } from '../support/drive.ts';
import { APPLICATION_ID, OPENTOK_SECRET, sessionIds } from '../support/fixtures.ts';
import { httpApiEvent } from '../support/http-events.ts';
import { verifyHs256 } from '../support/verify-token.ts';
import {
  always,
  type FaultCase,
  type Logged,
  type Seen,
  type Stage,
  succeeds,
} from './fault-case.ts';

const NEW_SECRET = { ...OPENTOK_SECRET, apiSecret: 'fedcba0987654321fedcba0987654321fedcba09' };
/** Together below 5 minutes: past that the SDK takes the moved clock for a wrong one and mends it. */
const TTL_SECONDS = 60;
const STALE_SECONDS = 200;

/** Advances the clock, which stands still in these tests. */
function pass(seconds: number): void {
  vi.setSystemTime(Date.now() + seconds * 1000);
}

const rotateAtStore = ({ secretsManager }: Stage, secret: object = NEW_SECRET) =>
  secretsManager.setSecret(SECRET_ID, JSON.stringify(secret));
const rotate = (stage: Stage) => {
  stage.platform.setProject(NEW_SECRET);
  rotateAtStore(stage);
};
const down = ({ secretsManager }: Stage, fault: Fault = secretFaults.internal) =>
  secretsManager.fail(fault, always);
const expectReads = (count: number) => (stage: Stage) =>
  expect(stage.secretsManager.counts.requests).toBe(count);

const unavailable: Seen = { status: 503, type: 'secret-unavailable-error', retryAfterSeconds: 1 };
const misconfigured: Seen = {
  status: 500,
  type: 'configuration-error',
  detail: 'The service is misconfigured.',
};
const rejected: Seen = {
  status: 502,
  type: 'credentials-refused-error',
  detail: "rejected this project's credentials",
};
const line = (level: Logged['level'], fault: string, reason: string): Logged => ({
  level,
  fault,
  reason,
});
const unreadable = (reason: string) => [line('error', 'SecretUnavailableError', reason)];
const wrong = (reason: string) => [line('error', 'ConfigurationError', reason)];
const servesStale = (fault: string, reason: string): Logged[] => [
  line('warn', fault, reason),
  { level: 'info' },
];

/** The read at initialization fails, so no secret is cached when the fault is injected. */
const withoutSecret = {
  prepare: (secretsManager: SecretsManager) => secretsManager.fail(secretFaults.accessDenied),
};
/** Issues a token: it needs no platform call, so a 201 shows that the secret was used. */
const token = {
  calls: 'issueToken',
  event: httpApiEvent({ sessionId: sessionIds.openTok }),
  options: {
    environment: {
      SECRET_TTL_SECONDS: String(TTL_SECONDS),
      SECRET_STALE_SECONDS: String(STALE_SECONDS),
    },
  },
} as const;

export const storeCases: readonly FaultCase[] = [
  {
    injected: 'one call to Secrets Manager is reset',
    options: withoutSecret,
    inject: ({ secretsManager }) => secretsManager.fail({ kind: 'reset' }),
    seen: succeeds,
    after: expectReads(3),
  },
  {
    injected: 'every call to Secrets Manager is reset',
    options: withoutSecret,
    inject: (stage) => down(stage, { kind: 'reset' }),
    seen: unavailable,
    logged: unreadable('ECONNRESET'),
  },
  {
    injected: 'Secrets Manager throttles every call',
    options: withoutSecret,
    inject: (stage) => down(stage, secretFaults.throttling),
    seen: unavailable,
    logged: unreadable('Reading the secret opentok/project failed: '),
  },
  {
    injected: 'Secrets Manager returns 500 for every call',
    options: withoutSecret,
    inject: (stage) => down(stage),
    seen: unavailable,
    logged: unreadable('InternalServiceError'),
  },
  {
    injected: 'Secrets Manager returns `Retry-After: 3600`',
    options: withoutSecret,
    inject: (stage) => down(stage, statusFault(503, { 'retry-after': '3600' })),
    remainingMs: 1_500,
    seen: unavailable,
    logged: unreadable('the service returned status 503'),
  },
  {
    injected: 'Secrets Manager never responds',
    options: withoutSecret,
    inject: (stage) => down(stage, { kind: 'hang' }),
    remainingMs: 1_000,
    seen: unavailable,
    logged: unreadable('timed out after'),
  },
  {
    injected: "Secrets Manager's response stalls",
    options: withoutSecret,
    inject: (stage) => down(stage, { kind: 'stall' }),
    remainingMs: 1_000,
    seen: unavailable,
    logged: unreadable('timed out after'),
  },
  {
    injected: "Secrets Manager's response is cut off",
    options: withoutSecret,
    inject: (stage) => down(stage, { kind: 'truncated' }),
    seen: unavailable,
    logged: unreadable('aborted'),
  },
  {
    injected: "Secrets Manager's response is not HTTP",
    options: withoutSecret,
    inject: (stage) => down(stage, { kind: 'garbage' }),
    seen: unavailable,
    logged: unreadable('Parse Error'),
  },
  {
    injected: "Secrets Manager's response is malformed JSON",
    options: withoutSecret,
    inject: (stage) =>
      down(stage, {
        kind: 'altered',
        alter: (usual) => ({ ...usual, body: usual.body?.slice(0, -9) ?? '' }),
      }),
    seen: unavailable,
    logged: unreadable('the response is not valid JSON'),
  },
  {
    injected: 'the function has no permission to read the secret',
    options: withoutSecret,
    inject: (stage) => down(stage, secretFaults.accessDenied),
    seen: misconfigured,
    logged: wrong('AccessDeniedException'),
  },
  {
    injected: 'the function has no permission to use the key of the secret',
    options: withoutSecret,
    inject: (stage) => down(stage, secretFaults.decryptionFailure),
    seen: misconfigured,
    logged: wrong('DecryptionFailure'),
  },
  {
    injected: 'the secret does not exist',
    options: withoutSecret,
    inject: ({ secretsManager }) => secretsManager.deleteSecret(SECRET_ID),
    seen: misconfigured,
    logged: wrong('ResourceNotFoundException'),
  },
  {
    injected: 'ten calls wait for the first read',
    options: withoutSecret,
    inject: (stage) => Promise.all(Array.from({ length: 10 }, stage.succeed)),
    seen: succeeds,
    // One at initialization, one for the ten calls.
    after: expectReads(2),
  },
  {
    injected: 'one read fails, and the next call follows immediately',
    options: withoutSecret,
    inject: async (stage) => {
      stage.secretsManager.fail(secretFaults.accessDenied);
      expect(await stage.call()).toBe(500);
    },
    seen: succeeds,
  },
];

export const oldSecretCases: readonly FaultCase[] = [
  {
    ...token,
    injected: 'the secret was replaced, and the TTL has not expired',
    inject: (stage) => {
      rotateAtStore(stage);
      pass(TTL_SECONDS - 1);
    },
    seen: succeeds,
    after: (stage, { token: jwt }) => {
      verifyHs256(String(jwt), OPENTOK_SECRET.apiSecret);
      expectReads(1)(stage);
    },
  },
  {
    ...token,
    injected: 'the secret was replaced, and the TTL has expired',
    inject: (stage) => {
      rotateAtStore(stage);
      pass(TTL_SECONDS);
    },
    seen: succeeds,
    after: (stage, { token: jwt }) => {
      verifyHs256(String(jwt), NEW_SECRET.apiSecret);
      expectReads(2)(stage);
    },
  },
  {
    ...token,
    injected: 'Secrets Manager fails after the TTL',
    inject: (stage) => {
      down(stage);
      pass(TTL_SECONDS);
    },
    seen: succeeds,
    logged: servesStale('SecretUnavailableError', 'InternalServiceError'),
  },
  {
    ...token,
    injected: 'Secrets Manager never responds after the TTL',
    inject: (stage) => {
      down(stage, { kind: 'hang' });
      pass(TTL_SECONDS);
    },
    // One second for the read, and half a second reserved for the response.
    remainingMs: 1_600,
    seen: succeeds,
    logged: servesStale('SecretUnavailableError', 'timed out after'),
  },
  {
    ...token,
    injected: 'the outage continues, and the next call follows immediately',
    inject: async (stage) => {
      down(stage, { kind: 'hang' });
      pass(TTL_SECONDS);
      await stage.succeed();
    },
    // Much less than a read takes.
    remainingMs: 500,
    seen: succeeds,
  },
  {
    ...token,
    injected: 'the outage ends, and the back-off has passed',
    inject: async (stage) => {
      down(stage);
      pass(TTL_SECONDS);
      await stage.succeed();
      stage.secretsManager.recover();
      rotateAtStore(stage);
      pass(1);
    },
    seen: succeeds,
    after: (_stage, { token: jwt }) => verifyHs256(String(jwt), NEW_SECRET.apiSecret),
  },
  {
    ...token,
    injected: 'Secrets Manager still fails after `SECRET_STALE_SECONDS`',
    inject: (stage) => {
      down(stage);
      pass(TTL_SECONDS + STALE_SECONDS);
    },
    seen: unavailable,
    logged: unreadable('InternalServiceError'),
  },
  {
    ...token,
    injected: 'the function has lost its permission to read the secret',
    inject: (stage) => {
      down(stage, secretFaults.accessDenied);
      pass(TTL_SECONDS);
    },
    seen: succeeds,
    logged: servesStale('ConfigurationError', 'AccessDeniedException'),
  },
  {
    ...token,
    injected: 'the secret was replaced by a malformed one',
    inject: (stage) => {
      rotateAtStore(stage, { apiKey: '123456' });
      pass(TTL_SECONDS);
    },
    seen: succeeds,
    logged: servesStale('ConfigurationError', 'apiSecret is missing'),
  },
];

export const rotationCases: readonly FaultCase[] = [
  {
    injected: 'the platform returns 403, and the secret has changed',
    inject: rotate,
    seen: succeeds,
    after: (stage) => {
      expectReads(2)(stage);
      expect(stage.platform.counts.requests).toBe(2);
    },
  },
  {
    injected: 'the platform returns 401, and the secret has changed',
    inject: (stage) => {
      rotate(stage);
      stage.platform.fail(platformFaults.unauthorized);
    },
    seen: succeeds,
    after: expectReads(2),
  },
  {
    injected: 'ten concurrent calls are rejected, and the secret has changed',
    inject: async (stage) => {
      rotate(stage);
      await Promise.all(Array.from({ length: 10 }, stage.succeed));
    },
    seen: succeeds,
    after: expectReads(2),
  },
  {
    injected: 'the platform returns 403, and the secret has not changed',
    inject: ({ platform }) => platform.setProject(NEW_SECRET),
    seen: rejected,
    logged: [line('error', 'CredentialsRefusedError', 'The platform returned status 403.')],
    after: (stage) => {
      expectReads(2)(stage);
      expect(stage.platform.counts.requests).toBe(1);
    },
  },
  {
    injected: 'the platform returns 403 again within 30 seconds',
    inject: async (stage) => {
      stage.platform.setProject(NEW_SECRET);
      expect(await stage.call()).toBe(502);
      rotateAtStore(stage);
      pass(29);
    },
    seen: rejected,
    logged: [line('error', 'CredentialsRefusedError', 'The platform returned status 403.')],
    after: expectReads(2),
  },
  {
    injected: 'the platform returns 403 again after 30 seconds, and the secret has changed',
    inject: async (stage) => {
      stage.platform.setProject(NEW_SECRET);
      expect(await stage.call()).toBe(502);
      rotateAtStore(stage);
      pass(30);
    },
    seen: succeeds,
    after: expectReads(3),
  },
  {
    injected: 'the platform rejects the changed secret too',
    inject: (stage) => {
      rotate(stage);
      stage.platform.fail(platformFaults.invalidSignature, always);
    },
    seen: rejected,
    logged: [line('error', 'CredentialsRefusedError', 'The platform returned status 403.')],
    after: (stage) => {
      expectReads(2)(stage);
      expect(stage.platform.counts.requests).toBe(2);
    },
  },
  {
    injected: 'the platform returns 403, and Secrets Manager is down',
    inject: (stage) => {
      rotate(stage);
      down(stage);
    },
    seen: rejected,
    logged: [
      line('warn', 'SecretUnavailableError', 'InternalServiceError'),
      line('error', 'CredentialsRefusedError', 'The platform returned status 403.'),
    ],
  },
  {
    injected: 'the platform returns 403, and Secrets Manager never responds',
    inject: (stage) => {
      rotate(stage);
      down(stage, { kind: 'hang' });
    },
    remainingMs: 1_000,
    seen: rejected,
    logged: [
      line('warn', 'SecretUnavailableError', 'timed out after'),
      line('error', 'CredentialsRefusedError', 'The platform returned status 403.'),
    ],
  },
];

const pem = (key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'spki' = 'pkcs8') =>
  key.export({ type: type as 'pkcs8', format: 'pem' }).toString();
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const encrypted = (type: 'pkcs8' | 'pkcs1') =>
  rsa.privateKey.export({ type, format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString();
const vonage = (privateKey: unknown) => ({ applicationId: APPLICATION_ID, privateKey });

const malformed: readonly [what: string, secret: string | object, reason: string][] = [
  ['is not JSON', `apiSecret=${OPENTOK_SECRET.apiSecret}`, 'it is not JSON'],
  ['is an array', '[]', 'it is not a JSON object'],
  [
    'is an empty object',
    {},
    'it has neither apiKey and apiSecret nor applicationId and privateKey',
  ],
  ['has fields of both kinds', { ...OPENTOK_SECRET, ...vonage('x') }, 'it mixes fields'],
  ['has no apiKey', { apiSecret: OPENTOK_SECRET.apiSecret }, 'apiKey is missing'],
  ['has an apiKey that is a number', { ...OPENTOK_SECRET, apiKey: 1 }, 'apiKey is not a string'],
  ['has no apiSecret', { apiKey: '123456' }, 'apiSecret is missing'],
  ['has an empty apiSecret', { apiKey: '123456', apiSecret: '' }, 'apiSecret is empty'],
  ['has no privateKey', { applicationId: APPLICATION_ID }, 'privateKey is missing'],
  ['has no applicationId', { privateKey: pem(rsa.privateKey) }, 'applicationId is missing'],
  ['has a wrong applicationId', { ...vonage(pem(rsa.privateKey)), applicationId: '1' }, 'UUID'],
  [
    'has a privateKey that is not PEM',
    vonage('key'),
    'privateKey is not a private key in PEM form',
  ],
  [
    'has a key without line breaks',
    vonage(pem(rsa.privateKey).replaceAll('\n', ' ')),
    'line breaks',
  ],
  ['has an encrypted PKCS#8 key', vonage(encrypted('pkcs8')), 'privateKey is encrypted'],
  ['has an encrypted PKCS#1 key', vonage(encrypted('pkcs1')), 'privateKey is encrypted'],
  ['has a public key', vonage(pem(rsa.publicKey, 'spki')), 'privateKey is a public key'],
  [
    'has a key that is not RSA',
    vonage(pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)),
    'privateKey is not an RSA key',
  ],
  [
    'has a key that is too short',
    vonage(pem(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey)),
    'privateKey has 1024 bits; at least 2048 are needed',
  ],
];

export const malformedCases: readonly FaultCase[] = malformed.map(([what, secret, reason]) => ({
  injected: `the secret ${what}`,
  options: { secret },
  seen: misconfigured,
  logged: wrong(reason),
  after: async (stage: Stage) => {
    stage.platform.setProject(OPENTOK_SECRET);
    rotateAtStore(stage, OPENTOK_SECRET);
    await stage.succeed();
  },
}));
