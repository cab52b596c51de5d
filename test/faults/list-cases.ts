/** Hosts who list rooms. */
import { expect } from 'vitest';
import { dynamoFaults } from '../../stand-ins/dynamodb.ts';
import { mintSessionId } from '../../stand-ins/session-id.ts';
import { roomEvent } from '../rooms/room-events.ts';
import { TABLE } from '../rooms/start-rooms.ts';
import { OPENTOK_SECRET } from '../support/fixtures.ts';
import { always, type FaultCase, type Stage } from './fault-case.ts';

const list = { calls: 'manageRoom' as const, event: roomEvent('GET /rooms') };

const put =
  (name: string, options: string) =>
  ({ dynamoDb }: Pick<Stage, 'dynamoDb'>) =>
    dynamoDb?.ask('PutItem', {
      TableName: TABLE,
      Item: {
        ...{ room: { S: name }, item: { S: 'room' }, listing: { S: 'rooms' } },
        sessionId: { S: mintSessionId({ projectId: OPENTOK_SECRET.apiKey }) },
        ...{ projectId: { S: OPENTOK_SECRET.apiKey }, options: { S: options } },
        createdAt: { N: '1600000000' },
      },
    });

export const listCases: readonly FaultCase[] = [
  {
    ...list,
    injected: 'one of the rooms is malformed',
    inject: async (stage) => {
      await put('broken', '{')(stage);
      await put('sound', '{}')(stage);
    },
    seen: { status: 200 },
    logged: [
      { level: 'warn', fault: 'InvalidRoomItemError', reason: 'room broken is malformed: options' },
      { level: 'info' },
    ],
    after: (_stage, { rooms }) => expect(rooms).toMatchObject([{ name: 'sound' }]),
  },
  {
    ...list,
    injected: 'DynamoDB throttles every query of the index',
    inject: ({ dynamoDb }) => dynamoDb?.fail(dynamoFaults.throttling, always),
    seen: { status: 503, type: 'room-store-unavailable-error', retryAfterSeconds: 1 },
    logged: [{ level: 'error', fault: 'RoomStoreUnavailableError', reason: 'ThrottlingException' }],
  },
  {
    ...list,
    event: roomEvent('GET /rooms?limit=0'),
    injected: 'the limit is 0',
    seen: { status: 400, type: 'validation-error' },
    logged: [{ level: 'info', fault: 'ValidationError' }],
  },
  {
    ...list,
    event: roomEvent({ route: 'GET /rooms', claims: { opentok_role: 'publisher' } }),
    injected: 'a publisher lists rooms',
    seen: { status: 403, type: 'forbidden-error', detail: 'Only moderators' },
    logged: [{ level: 'info', fault: 'ForbiddenError' }],
  },
];
