/** The first callback of a session finds its room, before the index of sessions has it. */
import { describe, expect, it } from 'vitest';
import { toPersonId, writeIdentity } from '../../lib/domain/identity.ts';
import { createRecordRoom } from '../../lib/live/table/session-room-store.ts';
import { createRoomsTable } from '../../lib/rooms/table/rooms-table.ts';
import { connectionCallback } from '../../stand-ins/callbacks.ts';
import { dynamoFaults } from '../../stand-ins/dynamodb.ts';
import { startRooms, TABLE } from '../rooms/start-rooms.ts';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { createLocalAws } from '../support/local-aws.ts';
import { newSessionId, PROJECT_ID, startCallbacks } from './start-callbacks.ts';

const open = closedAfterEach(startRooms);
const start = closedAfterEach(startCallbacks);
const live = { LIVE_ROOMS: 'true' };

/** How each function makes a room. */
const makers: ['joinRoom' | 'manageRoom' | 'openRoom', call: object | string][] = [
  ['joinRoom', 'POST /rooms/standup/tokens'],
  ['manageRoom', { route: 'PUT /rooms/standup', body: { admission: 'knock' } }],
  ['openRoom', { room: 'standup' }],
];

describe('with liveRooms=true, a new room', () => {
  it.each(makers)('made by %s is recorded for its session before it exists', async (name, call) => {
    const { invoke, ask, dynamoDb, items } = await open(name, { environment: live });
    if (name === 'openRoom') await invoke(call);
    else await ask(call as string);
    const writes = dynamoDb.requests.filter(({ operation }) => operation !== 'GetItem');
    expect(writes.map(({ operation }) => operation)).toEqual(['UpdateItem', 'PutItem']);
    const [room, session] = ['room', 'session'].map(async (kind) =>
      (await items()).find(({ item }) => item?.['S'] === kind),
    );
    expect(await session).toMatchObject({
      room: { S: `session#${(await room)?.['sessionId']?.['S']}` },
      roomName: { S: 'standup' },
      expiresAt: { N: expect.any(String) },
    });
  });

  it('does not exist if that fails', async () => {
    const { ask, dynamoDb, items } = await open('joinRoom', { environment: live });
    // The first call reads the room.
    dynamoDb.fail({ kind: 'altered', alter: (usual) => usual });
    dynamoDb.fail(dynamoFaults.accessDenied);
    expect((await ask('POST /rooms/standup/tokens')).status).toBe(500);
    expect(await items()).toEqual([]);
  });

  it.each(makers)('is not recorded without liveRooms: %s', async (name, call) => {
    const { invoke, ask, items } = await open(name);
    if (name === 'openRoom') await invoke(call);
    else await ask(call as string);
    expect((await items()).map(({ item }) => item?.['S'])).toEqual(['room']);
  });
});

describe('a callback about a session that the index does not have yet', () => {
  async function startRecorded() {
    const running = await start();
    const sessionId = newSessionId();
    const aws = createLocalAws();
    const table = createRoomsTable(aws, { table: TABLE, endpoint: running.dynamoDb.url });
    const room = { sessionId, name: 'ward', nowSeconds: Math.floor(Date.now() / 1000) };
    await createRecordRoom(table)(room, () => 10_000);
    const { id } = running.platform.connect(sessionId);
    const data = writeIdentity({ sub: 'ada' });
    const person = { connectionId: id, createdAt: Date.now(), data };
    const session = { sessionId, projectId: PROJECT_ID };
    return {
      ...running,
      session,
      created: connectionCallback('connectionCreated', session, person),
    };
  }

  it('names the room', async () => {
    const { send, created, events } = await startRecorded();
    expect((await send(created)).status).toBe(200);
    expect(events()).toMatchObject([
      { detail: { room: 'ward', participantId: toPersonId('ada') } },
    ]);
  });

  it('disconnects a banned person', async () => {
    const { send, created, ban, session, platform } = await startRecorded();
    await ban('ward', { ...session, sub: 'ada' });
    expect((await send(created)).status).toBe(200);
    expect(platform.connectionsOf(session.sessionId)).toMatchObject([{ state: 'Disconnected' }]);
  });
});
