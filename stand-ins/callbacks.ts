/**
 * Callbacks of the platform: their bodies, word for word as the vendor documents them, and their signature.
 * Apart from the code that verifies them.
 */
import { createHash, createHmac, randomUUID } from 'node:crypto';

export interface CallbackSignature {
  /** The signature secret of the callback's type. */
  readonly secret: string;
  /** Default now. */
  readonly issuedAtSeconds?: number;
  /** In the header of the JWT; the signature itself is always HS256. Default `HS256`. */
  readonly alg?: string;
  /** Claims to add or to replace; `undefined` removes one. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** Returns the JWT for the header `Authorization: Bearer <JWT>`. */
export function signCallback(body: string | Uint8Array, signature: CallbackSignature): string {
  const { secret, issuedAtSeconds = Math.floor(Date.now() / 1000), alg = 'HS256' } = signature;
  const claims = {
    iat: issuedAtSeconds,
    jti: randomUUID(),
    iss: 'Vonage',
    payload_hash: createHash('sha256').update(body).digest('hex'),
    api_key: '12345678',
    application_id: '',
    ...signature.claims,
  };
  const signed = [{ alg, typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** What callbacks about one live session have in common. */
export interface CallbackSession {
  readonly sessionId: string;
  /** As the platform sends it: text about live sessions, a number about archives. */
  readonly projectId: string | number;
  /** Default now. */
  readonly timestamp?: number;
}

export interface CallbackPerson {
  readonly connectionId: string;
  /** Connection data of the token. Default empty. */
  readonly data?: string;
  readonly createdAt: number;
}

export function sessionCallback(
  event: 'sessionCreated' | 'sessionDestroyed' | 'sessionNotification',
  session: CallbackSession,
  more: object = {},
): object {
  return { ...common(event, session), ...more };
}

export function connectionCallback(
  event: 'connectionCreated' | 'connectionDestroyed',
  session: CallbackSession,
  { connectionId, data = '', createdAt }: CallbackPerson,
  reason = 'clientDisconnected',
): object {
  return {
    ...common(event, session),
    connection: { id: connectionId, createdAt, data },
    ...(event === 'connectionDestroyed' && { reason }),
  };
}

export function streamCallback(
  event: 'streamCreated' | 'streamDestroyed',
  session: CallbackSession,
  { connectionId, data = '', createdAt }: CallbackPerson,
): object {
  return {
    ...common(event, session),
    stream: {
      id: `${connectionId}-camera`,
      connection: { id: connectionId, createdAt, data },
      createdAt: createdAt + 1,
      name: '',
      videoType: 'camera',
    },
    ...(event === 'streamDestroyed' && { reason: 'clientDisconnected' }),
  };
}

/** A callback about an archive: `projectId` is a number, `event` is the kind of thing, and no `timestamp`. */
export function archiveCallback({ sessionId, projectId }: CallbackSession): object {
  return {
    id: 'b40ef09b-3811-4726-b508-e41a0f96c68f',
    event: 'archive',
    createdAt: 1384221380000,
    duration: 328,
    name: 'Foo',
    partnerId: projectId,
    projectId,
    reason: '',
    resolution: '640x480',
    sessionId,
    size: 18023312,
    status: 'available',
    url: 'https://tokbox.com.archive2.s3.amazonaws.com/123456/archive.mp4',
  };
}

function common(event: string, { sessionId, projectId, timestamp = Date.now() }: CallbackSession) {
  return { sessionId, projectId, event, timestamp };
}

/** Where callbacks are sent, as set in the account portal. */
export interface CallbackTarget {
  readonly url: string;
  readonly secret: string;
}

export interface CallbackSender {
  /** Sends a callback, signed, if there is a target. Not retried, unlike on the platform. */
  send(callback: object): void;
  setTarget(target: CallbackTarget): void;
  /** Resolves when every callback so far was answered, or could not be sent. */
  settled(): Promise<void>;
}

/** How long an answer may take. */
const ANSWER_MS = 5_000;

export function createCallbackSender(): CallbackSender {
  let target: CallbackTarget | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const post = async ({ url, secret }: CallbackTarget, body: string) => {
    const authorization = `Bearer ${signCallback(body, { secret })}`;
    const headers = { authorization, 'content-type': 'application/json' };
    const signal = AbortSignal.timeout(ANSWER_MS);
    await fetch(url, { method: 'POST', headers, body, signal }).catch(() => undefined);
  };
  return {
    send: (callback) => {
      const to = target;
      if (to) last = last.then(() => post(to, JSON.stringify(callback)));
    },
    setTarget: (given) => {
      target = given;
    },
    settled: async () => {
      await last;
    },
  };
}
