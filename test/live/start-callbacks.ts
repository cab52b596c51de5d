/** The function of callbacks with its own table and bus, and callbacks as the platform sends them. */
import { randomUUID } from 'node:crypto';
import { toPersonId } from '../../lib/domain/identity.ts';
import { signCallback } from '../../stand-ins/callbacks.ts';
import { type DynamoDb, startDynamoDb } from '../../stand-ins/dynamodb.ts';
import { type EventBridge, startEventBridge } from '../../stand-ins/event-bridge.ts';
import { mintSessionId } from '../../stand-ins/session-id.ts';
import { assertResultDocumented } from '../support/documented.ts';
import { loadBeside, type RunningFunction, startFunction } from '../support/drive.ts';
import { OPENTOK_SECRET } from '../support/fixtures.ts';
import { httpApiEvent } from '../support/http-events.ts';

export const TABLE = 'Rooms';
export const CALLBACK_SECRETS = ['callback-secret', 'next-secret'] as const;
export const PROJECT_ID = OPENTOK_SECRET.apiKey;

type Item = Record<string, Record<string, string>>;

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Record<string, string>;
}

export interface Sending {
  readonly secret?: string;
  readonly issuedAtSeconds?: number;
}

/** Sends a signed callback. */
export type Send = (callback: object, sending?: Sending) => Promise<Answer>;

export interface Callbacks extends RunningFunction {
  readonly dynamoDb: DynamoDb;
  readonly eventBridge: EventBridge;
  readonly send: Send;
  /** Sends any bytes with any header `authorization`. */
  sendRaw(body: string | Uint8Array, authorization?: string, timeoutMs?: number): Promise<Answer>;
  /** Starts another container. */
  beside(): Promise<Send>;
  /** Types and details of the events so far. */
  events(): { type: string; detail: Readonly<Record<string, unknown>> }[];
  /** Puts a room with a session, as the rooms wing does. */
  putRoom(name: string, sessionId: string): Promise<void>;
  /** Bans a person from a room, as the rooms wing does. */
  ban(name: string, of: { readonly sessionId: string; readonly sub: string }): Promise<void>;
  items(): Promise<Item[]>;
  put(item: object): Promise<void>;
}

export const newSessionId = () => mintSessionId({ projectId: PROJECT_ID });

const SECRET = { ...OPENTOK_SECRET, callbackSecrets: CALLBACK_SECRETS };

export async function startCallbacks(secret: object | string = SECRET): Promise<Callbacks> {
  const dynamoDb = await startDynamoDb({ tables: [TABLE] });
  const eventBridge = await startEventBridge();
  const running = await startFunction('receiveCallback', {
    secret,
    environment: {
      ROOMS_TABLE: TABLE,
      AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.url,
      AWS_ENDPOINT_URL_EVENTBRIDGE: eventBridge.url,
      EVENT_BUS_NAME: 'results',
    },
  });
  const put = async (item: object) => {
    await dynamoDb.ask('PutItem', { TableName: TABLE, Item: item });
  };
  const sendRaw = createRawSend(running.invoke);
  return {
    ...running,
    dynamoDb,
    eventBridge,
    sendRaw,
    send: createSend(sendRaw),
    beside: async () => createSend(createRawSend(await loadBeside('receiveCallback'))),
    events: () => {
      eventBridge.events.forEach(assertResultDocumented);
      return eventBridge.events.map(({ detailType: type, detail }) => ({ type, detail }));
    },
    putRoom: (name, sessionId) =>
      put({
        room: { S: name },
        item: { S: 'room' },
        sessionId: { S: sessionId },
        roomSessionId: { S: sessionId },
      }),
    ban: (name, { sessionId, sub }) =>
      put({
        room: { S: name },
        item: { S: `ban#${toPersonId(sub)}` },
        sessionId: { S: sessionId },
      }),
    items: async () => (await dynamoDb.ask('Scan', { TableName: TABLE }))['Items'] as Item[],
    put,
    close: async () => {
      await running.close();
      await Promise.all([dynamoDb.close(), eventBridge.close()]);
    },
  };
}

function createSend(sendRaw: Callbacks['sendRaw']): Send {
  return (callback, { secret = CALLBACK_SECRETS[0], ...sending } = {}) => {
    const body = JSON.stringify(callback);
    return sendRaw(body, `Bearer ${signCallback(body, { secret, ...sending })}`);
  };
}

function createRawSend(invoke: RunningFunction['invoke']): Callbacks['sendRaw'] {
  return async (body, authorization, timeoutMs = 10_000) => {
    const endMs = performance.now() + timeoutMs;
    const answer = await invoke(callbackEvent(body, authorization), {
      awsRequestId: randomUUID(),
      getRemainingTimeInMillis: () => endMs - performance.now(),
    });
    const { statusCode, body: text, headers } = answer as Record<string, unknown>;
    return {
      status: Number(statusCode),
      body: JSON.parse(String(text)),
      headers: headers as Record<string, string>,
    };
  };
}

/** The event of API Gateway for `POST /callbacks`, which has no authorizer. */
export function callbackEvent(body: string | Uint8Array, authorization?: string): object {
  const { headers, requestContext, ...event } = httpApiEvent({ path: '/callbacks', body });
  const { authorizer: _none, ...context } = Object(requestContext);
  return {
    ...event,
    headers: { ...Object(headers), ...(authorization !== undefined && { authorization }) },
    requestContext: context,
  };
}
