import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseInviteRequest } from '../../../lib/rooms/domain/invite.ts';
import { hashInviteSecret } from '../../../lib/rooms/domain/invite-secret.ts';
import { createInviteStore } from '../../../lib/rooms/table/invite-store.ts';
import { createRoomStore } from '../../../lib/rooms/table/room-store.ts';
import { createRoomsTable, type RoomsTable } from '../../../lib/rooms/table/rooms-table.ts';
import { createFindRoomOfSession, SESSION_INDEX } from '../../../lib/rooms/table/session-rooms.ts';
import { type DynamoDb, startDynamoDb } from '../../../stand-ins/dynamodb.ts';
import { NOW_MS, NOW_SECONDS, sessionIds } from '../../support/fixtures.ts';
import { createPatientAws } from '../../support/local-aws.ts';
import { roomOf } from '../room-of.ts';

const ample = () => 10_000;
const room = roomOf('standup');

let dynamoDb: DynamoDb;
let table: RoomsTable;

beforeEach(async () => {
  dynamoDb = await startDynamoDb({ tables: ['Rooms'] });
  table = createRoomsTable(createPatientAws(), { table: 'Rooms', endpoint: dynamoDb.url });
  await createRoomStore(table).put(room, undefined, ample);
});
afterEach(() => dynamoDb.close());

describe('createFindRoomOfSession', () => {
  it('finds the room of a session', async () => {
    expect(await createFindRoomOfSession(table)(room.sessionId, ample)).toBe('standup');
  });

  it('returns undefined for a session without a room', async () => {
    const findRoom = createFindRoomOfSession(table);
    expect(await findRoom(sessionIds.openTokWithLocation, ample)).toBeUndefined();
  });

  it('uses an index that contains rooms only, so writes of guests do not cost a second write', async () => {
    await createInviteStore(table).put(
      {
        ...parseInviteRequest({}, NOW_SECONDS),
        room: 'standup',
        inviteId: 'a'.repeat(16),
        sessionId: room.sessionId,
        secretHash: new Uint8Array(hashInviteSecret('secret')),
        createdAtMs: NOW_MS,
        name: undefined,
        opensAt: undefined,
        guests: 0,
        generation: 0,
        counted: [[], []],
      },
      ample,
    );
    const { Items } = await dynamoDb.ask('Scan', { TableName: 'Rooms', IndexName: SESSION_INDEX });
    expect(Items).toMatchObject([{ room: { S: 'standup' }, item: { S: 'room' } }]);
  });
});
