/** What the peers of receiveCallback share, as a team would write it on the first day. */
import { createHash } from 'node:crypto';

export interface CallbackEvent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Connected {
  readonly sessionId: string;
  readonly projectId: string;
  readonly connectionId: string;
  readonly createdAt: number;
  readonly sub: string;
}

export function readToken({ headers }: CallbackEvent): string {
  return (headers['authorization'] ?? '').replace('Bearer ', '');
}

/** One secret is in use at a time. */
export function readCallbackSecret(secret: object): string {
  return Object(secret).callbackSecrets[0];
}

export function hashBody({ body }: CallbackEvent): string {
  return createHash('sha256').update(body).digest('hex');
}

export function readConnected({ body }: CallbackEvent): Connected {
  const { sessionId, projectId, connection } = JSON.parse(body);
  const { sub } = JSON.parse(connection.data);
  return {
    sessionId,
    projectId,
    connectionId: connection.id,
    createdAt: connection.createdAt,
    sub,
  };
}

export function answerDone(): object {
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: '{}' };
}

type Value = { readonly S: string } | { readonly N: string };

/** The key of an item about a session. */
export function toSessionKey(sessionId: string, item: string): Record<string, Value> {
  return { room: { S: `session#${sessionId}` }, item: { S: item } };
}

/** The items of a connection and its person. */
export function toItems({ sessionId, connectionId, createdAt, sub }: Connected) {
  const expiresAt = { N: String(Math.floor(Date.now() / 1000) + 30 * 86_400) };
  const person = { sub: { S: sub }, expiresAt };
  return [
    {
      ...toSessionKey(sessionId, `connection#${connectionId}`),
      ...person,
      createdAt: { N: String(createdAt) },
    },
    { ...toSessionKey(sessionId, `person#${sub}`), ...person },
  ] as const;
}

/** Claims a callback, unless it was published, and marks it as published. */
export function toClaim(payloadHash: string, state: 'claimed' | 'published') {
  return {
    Key: { room: { S: `callback#${payloadHash}` }, item: { S: 'callback' } },
    UpdateExpression: 'SET #state = :state, claimedUntilMs = :until',
    ConditionExpression: 'attribute_not_exists(#state) OR #state <> :published',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: {
      ':state': { S: state },
      ':published': { S: 'published' },
      ':until': { N: String(Date.now() + 3_000) },
    },
  };
}
