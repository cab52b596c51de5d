/**
 * Compares the requests of the packaged functions to AWS with those of the SDK's clients for the same input:
 * header by header, the body byte by byte. The stand-ins check the signatures of both. An update of the SDK
 * that changes anything fails here; docs/architecture.md states what to do then.
 */
import {
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { localAws, localAwsEnvironment } from '../../stand-ins/aws-environment.ts';
import type { AwsRequest } from '../../stand-ins/aws-json.ts';
import { type DynamoDb, startDynamoDb } from '../../stand-ins/dynamodb.ts';
import type { StandIn } from '../../stand-ins/stand-in.ts';
import { guestEvent, roomEvent } from '../rooms/room-events.ts';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { type FunctionName, startLambda } from '../support/lambda.ts';
import { eventBridgeEvent } from '../support/message-events.ts';

const SESSION_TOKEN = 'session-token';
const lambdaEnvironment = {
  AWS_SESSION_TOKEN: SESSION_TOKEN,
  AWS_LAMBDA_FUNCTION_NAME: 'function',
  _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
};

let dynamoDb: DynamoDb;
beforeEach(async () => {
  dynamoDb = await startDynamoDb({ tables: ['Rooms'] });
  for (const [name, value] of Object.entries({ ...localAwsEnvironment(), ...lambdaEnvironment })) {
    vi.stubEnv(name, value);
  }
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await dynamoDb.close();
});

const start = closedAfterEach((name: FunctionName) =>
  startLambda(name, {
    environment: {
      ...lambdaEnvironment,
      ROOMS_TABLE: 'Rooms',
      ROOM_TTL_DAYS: '7',
      LIVE_ROOMS: 'true',
      AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.url,
      EVENT_BUS_NAME: 'results',
    },
  }),
);

/** An item of an earlier project, which is replaced. */
const bygone = {
  room: { S: 'standup' },
  item: { S: 'room' },
  sessionId: { S: '1_MX4xMjM0NTZ-fjE3MDAwMDAwMDAwMDB-YWJjfn4' },
  projectId: { S: '123456' },
  options: { S: '{}' },
  createdAt: { N: '1' },
  expiresAt: { N: '2' },
};

const open = eventBridgeEvent({ room: 'standup', reference: 'Zoë 🎥 "\\\u0007' });

interface Sent {
  readonly request: AwsRequest;
  /** The host it was sent to. */
  readonly service: StandIn<AwsRequest>;
}

/** Returns the requests of the packaged functions: every operation they use, in every form. */
async function collectSent(): Promise<Sent[]> {
  const [openRoom, manageRoom] = await Promise.all([start('openRoom'), start('manageRoom')]);
  await openRoom.invoke(open);
  for (const rules of [{ admission: 'closed' }, {}]) {
    await manageRoom.invoke({ action: 'putRoom', room: 'standup', ...rules });
  }
  await manageRoom.invoke({ action: 'deleteRoom', room: 'standup', ifMatch: '*' });
  await manageRoom.invoke(roomEvent('DELETE /rooms/standup'));
  await dynamoDb.ask('PutItem', { TableName: 'Rooms', Item: bygone });
  await openRoom.invoke(open);
  await useDoor(manageRoom);
  await useSeats(manageRoom);
  return [dynamoDb, openRoom.secretsManager, openRoom.eventBridge].flatMap((service) =>
    service.requests.map((request) => ({ request, service })),
  );
}

/** A room with `maxParticipants`. */
async function useSeats(manageRoom: Awaited<ReturnType<typeof start>>): Promise<void> {
  const event = { route: 'PUT /rooms/hall', body: { maxParticipants: 2 } };
  const { statusCode } = await manageRoom.invoke(roomEvent(event));
  expect(statusCode).toBe(201);
}

/** A guest who waits, is admitted and returns, and the requests of the host. */
async function useDoor(manageRoom: Awaited<ReturnType<typeof start>>): Promise<void> {
  const joinAsGuest = await start('joinAsGuest');
  const room = 'ward';
  const act = (action: string, rest = {}) => manageRoom.invoke({ action, room, ...rest });
  await act('putRoom', { admission: 'knock' });
  const { invite, inviteId } = await act('createInvite', { name: 'Zoë 🎥', opensAt: 1 });
  await act('listInvites');
  const join = async (body: object) =>
    JSON.parse(String((await joinAsGuest.invoke(guestEvent({ body })))['body']));
  const { knock } = await join({ invite });
  const { knocks } = await act('listKnocks');
  for (const decision of ['deny', 'admit']) {
    await act('decideKnock', {
      knockId: (knocks as { knockId: string }[])[0]?.knockId,
      decision,
    });
  }
  await act('decideKnocks', { decision: 'admit' });
  const { guest } = await join({ invite, knock });
  await join({ guest });
  await act('deleteInvite', { inviteId });
  await act('deleteRoom');
}

/** Bytes are base64 in the request; the client's input has bytes. */
function withBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withBytes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (name === 'B') return [name, Buffer.from(inner, 'base64')];
      if (name === 'BS') return [name, inner.map((one: string) => Buffer.from(one, 'base64'))];
      return [name, withBytes(inner)];
    }),
  );
}

/** Sends the same input with the SDK's client. */
async function sendWithClient({ request: { operation, input }, service }: Sent) {
  const { region, accessKeyId, secretAccessKey } = localAws;
  const credentials = { accessKeyId, secretAccessKey, sessionToken: SESSION_TOKEN };
  const settings = { endpoint: service.url, region, credentials };
  const send: Record<string, (input: unknown) => Promise<unknown>> = {
    GetSecretValue: (input) =>
      new SecretsManagerClient(settings).send(new GetSecretValueCommand(input as never)),
    PutEvents: (input) =>
      new EventBridgeClient(settings).send(new PutEventsCommand(input as never)),
    GetItem: (input) => new DynamoDBClient(settings).send(new GetItemCommand(input as never)),
    PutItem: (input) => new DynamoDBClient(settings).send(new PutItemCommand(input as never)),
    DeleteItem: (input) => new DynamoDBClient(settings).send(new DeleteItemCommand(input as never)),
    UpdateItem: (input) => new DynamoDBClient(settings).send(new UpdateItemCommand(input as never)),
    Query: (input) => new DynamoDBClient(settings).send(new QueryCommand(input as never)),
    TransactWriteItems: (input) =>
      new DynamoDBClient(settings).send(new TransactWriteItemsCommand(input as never)),
  };
  // A failed condition still means that the signature was valid.
  await send[operation]?.(withBytes(input)).catch((error) => {
    if (error.name !== 'ConditionalCheckFailedException') throw error;
  });
  return service.requests.at(-1) as AwsRequest;
}

/** Only the user agents differ. */
const OF_THE_CLIENT_ALONE = ['amz-sdk-invocation-id', 'amz-sdk-request', 'x-amz-user-agent'];
const OF_A_MOMENT = ['x-amz-date', 'authorization'];

function toComparable({ method, path, headers, body }: AwsRequest) {
  const kept = Object.entries(headers).filter(
    ([name]) => ![...OF_THE_CLIENT_ALONE, ...OF_A_MOMENT, 'user-agent'].includes(name),
  );
  return { method, path, headers: Object.fromEntries(kept), body };
}

function readSignedHeaders({ headers }: AwsRequest): string[] {
  const names = /SignedHeaders=([^,]+)/.exec(String(headers.authorization))?.[1]?.split(';') ?? [];
  return names.filter((name) => !OF_THE_CLIENT_ALONE.includes(name));
}

describe('requests of the packaged functions to AWS', () => {
  it('equal those of the SDK’s clients', async () => {
    const all = await collectSent();
    const operations = new Set(all.map(({ request }) => request.operation));
    expect([...operations].sort()).toEqual(
      [
        ...['DeleteItem', 'GetItem', 'GetSecretValue', 'PutEvents', 'PutItem'],
        ...['Query', 'TransactWriteItems', 'UpdateItem'],
      ].sort(),
    );
    const bodies = all.map(({ request }) => request.body);
    for (const part of [':sessionId', ':revision', '"B":', '"SS":', 'ADD guests', 'SET #state']) {
      expect(bodies.filter((body) => body.includes(part)).length, part).toBeGreaterThan(0);
    }
    for (const sent of all) {
      const theirs = await sendWithClient(sent);
      expect(theirs.headers['user-agent']).toMatch(/^aws-sdk-js\//);
      expect(toComparable(sent.request)).toEqual(toComparable(theirs));
      expect(readSignedHeaders(sent.request)).toEqual(readSignedHeaders(theirs));
    }
  });

  it('name the software and its version in the user agent', async () => {
    const { secretsManager } = await start('openRoom');
    const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });
    expect(secretsManager.requests[0]?.headers['user-agent']).toBe(
      `opentok-sessions/${manifest.version}`,
    );
  });
});
