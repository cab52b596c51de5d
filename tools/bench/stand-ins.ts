/**
 * Everything that the measured functions call, over TLS, in a separate process, so that they share no event
 * loop with it. Each service runs twice: with immediate responses, and with the delays of a service and a
 * network. Sends the benchmark over IPC where it listens, and its counts for every message.
 */
import { generateKeyPairSync, hash } from 'node:crypto';
import { localAws } from '../../stand-ins/aws-environment.ts';
import { type AwsRequest, readAwsRequest } from '../../stand-ins/aws-json.ts';
import { startEventBridge } from '../../stand-ins/event-bridge.ts';
import { answerInJson, refuseInJson } from '../../stand-ins/platform-answers.ts';
import { startSecretsManager } from '../../stand-ins/secrets-manager.ts';
import { mintSessionId } from '../../stand-ins/session-id.ts';
import { findSignatureFault } from '../../stand-ins/sigv4.ts';
import { type StandIn, startStandIn } from '../../stand-ins/stand-in.ts';
import { startDelayProxy } from './delay-proxy.ts';
import { apiKey, apiSecret, applicationId, callbackSecret, invite, room } from './project.ts';
import { verifyHs256 } from './verify.ts';

/** Where all of it is. */
export interface Urls {
  readonly secretsManager: string;
  readonly platform: string;
  readonly dynamoDb: string;
  readonly eventBridge: string;
}

export interface StandInsReady {
  /** Answers at once. */
  readonly atOnce: Urls;
  /** As in a region of AWS. */
  readonly distant: Urls;
  readonly publicKey: string;
}

export interface StandInCounts {
  readonly secretReads: number;
  readonly platformConnections: number;
}

/** Of a service's answer, and of the way to it and back. */
const SERVICE_MS = 5;
const ROUND_TRIP_MS = 2;

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

const secrets = {
  opentok: JSON.stringify({ apiKey, apiSecret, callbackSecrets: [callbackSecret] }),
  vonage: JSON.stringify({ applicationId, privateKey }),
};

// The stand-in of the tests rejects the vendor's SDK, because its project tokens have no `jti`; the
// platform accepts them.
const startPlatform = () =>
  startStandIn({
    tls: true,
    read: (request) => request,
    answer: ({ headers }) => {
      try {
        verifyHs256(String(headers['x-opentok-auth']));
      } catch {
        return refuseInJson({ status: 403, message: 'Invalid signature' });
      }
      const sessionId = mintSessionId({ projectId: apiKey });
      return answerInJson({ sessionId, projectId: apiKey, createdAtMs: Date.now() });
    },
  });

const sessionId = { S: mintSessionId({ projectId: apiKey }) };
const roomItem = {
  room: { S: room },
  item: { S: 'room' },
  sessionId,
  projectId: { S: apiKey },
  options: { S: '{}' },
  createdAt: { N: '1795435200' },
};

const inviteItem = {
  room: { S: room },
  item: { S: `invite#${invite.id}` },
  sessionId,
  secretHash: { B: hash('sha256', `invite:${invite.secret}`, 'base64') },
  role: { S: 'publisher' },
  maxGuests: { N: '100' },
  createdAtMs: { N: '1795435200000' },
  expiresAt: { N: '4102444800' },
};

/** What a read finds, if anything. */
function findItem(key: object | undefined): object {
  const { room: name, item } = Object(key);
  // The room of every session.
  if (item?.S === 'session') return { Item: { ...key, roomName: { S: room } } };
  if (name?.S !== room) return {};
  if (item?.S === 'room') return { Item: roomItem };
  // No one is banned.
  return String(item?.S).startsWith('ban#') ? {} : { Item: inviteItem };
}

/** One room with one invite, and a place for any other. The one of the tests does far more than a benchmark needs. */
const startTable = () =>
  startStandIn<AwsRequest>({
    tls: true,
    read: (request) => readAwsRequest(request, 'DynamoDB_20120810'),
    answer: (request) => {
      const scope = { ...localAws, service: 'dynamodb' };
      const fault = findSignatureFault(request, { scope, nowMs: Date.now() });
      const found = request.operation === 'GetItem' ? findItem(Object(request.input?.['Key'])) : {};
      return {
        status: fault ? 400 : 200,
        headers: { 'content-type': 'application/x-amz-json-1.0' },
        body: JSON.stringify(fault ? { __type: fault.type } : found),
      };
    },
  });

async function startAll() {
  const [secretsManager, platform, dynamoDb, eventBridge] = await Promise.all([
    startSecretsManager({ tls: true, secrets }),
    startPlatform(),
    startTable(),
    startEventBridge({ tls: true }),
  ]);
  return { secretsManager, platform, dynamoDb, eventBridge };
}

type All = Awaited<ReturnType<typeof startAll>>;

async function toUrls(all: All, reach: (standIn: StandIn) => Promise<string>): Promise<Urls> {
  const [secretsManager = '', platform = '', dynamoDb = '', eventBridge = ''] = await Promise.all(
    [all.secretsManager, all.platform, all.dynamoDb, all.eventBridge].map(reach),
  );
  return { secretsManager, platform, dynamoDb, eventBridge };
}

const near = await startAll();
const far = await startAll();

const atOnce = await toUrls(near, async ({ url }) => url);
const distant = await toUrls(far, async (standIn) => {
  standIn.fail({ kind: 'delay', delayMs: SERVICE_MS }, { times: Number.POSITIVE_INFINITY });
  return startDelayProxy(standIn.url, ROUND_TRIP_MS);
});

process.on('message', () => {
  process.send?.({
    secretReads: near.secretsManager.counts.requests,
    platformConnections: near.platform.counts.connections,
  } satisfies StandInCounts);
});
process.on('disconnect', () => process.exit());
process.send?.({ atOnce, distant, publicKey } satisfies StandInsReady);
