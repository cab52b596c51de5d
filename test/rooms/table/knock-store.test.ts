import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Knock } from '../../../lib/rooms/domain/knock.ts';
import { catchFault } from '../../support/faults.ts';
import { NOW_SECONDS } from '../../support/fixtures.ts';
import { type GuestRooms, startGuestRooms } from '../guest-rooms.ts';

const ample = () => 600_000;
let rooms: GuestRooms;
let ids = 0;
beforeAll(async () => {
  rooms = await startGuestRooms();
});
afterAll(() => rooms.close());

function knockOf(changed: Partial<Knock> = {}): Knock {
  ids += 1;
  return {
    ...{ room: 'ward', knockId: String(ids).padStart(22, '0'), sessionId: 'session' },
    ...{ subject: 'ada', name: undefined, sinceMs: NOW_SECONDS * 1000 + 7 },
    ...{ seenAtSeconds: NOW_SECONDS, state: 'waiting', decidedAtSeconds: 0, guest: undefined },
    ...changed,
  };
}

describe('a knock in the table', () => {
  it.each<[what: string, changed: Partial<Knock>]>([
    ['of a user', {}],
    ['with a name', { name: 'Ada' }],
    ['of a guest', { guest: { inviteId: 'a', role: 'subscriber' } }],
    [
      'of a guest with a place and a slot',
      { guest: { inviteId: 'a', role: 'moderator', placeUntilSeconds: NOW_SECONDS, slot: 3 } },
    ],
  ])('is read as it was written: %s', async (_what, changed) => {
    const knock = knockOf(changed);
    expect(await rooms.knocks.wait(knock, undefined, ample)).toBe(true);
    expect(await rooms.knocks.get(knock, ample)).toEqual(knock);
  });

  it.each<[attribute: string, value: object]>([
    ['sessionId', { N: '1' }],
    ['sub', { S: '' }],
    ['name', { N: '1' }],
    ['sinceMs', { S: '1' }],
    ['seenAt', { N: '-1' }],
    ['state', { S: 'absent' }],
    ['state', { N: '1' }],
    ['decidedAt', { N: '1.5' }],
    ['inviteId', { N: '1' }],
    ['role', { S: 'host' }],
    ['placeUntil', { N: '9e99' }],
    ['slot', { S: '1' }],
  ])('is an error with the %s %j', async (attribute, value) => {
    const knock = knockOf({ name: 'Ada', guest: { inviteId: 'a', role: 'publisher' } });
    await rooms.knocks.wait(knock, undefined, ample);
    await rooms.dynamoDb.ask('UpdateItem', {
      TableName: 'Rooms',
      Key: { room: { S: 'ward' }, item: { S: `knock#${knock.knockId}` } },
      UpdateExpression: 'SET #a = :v',
      ExpressionAttributeNames: { '#a': attribute },
      ExpressionAttributeValues: { ':v': value },
    });
    expect(await catchFault(() => rooms.knocks.get(knock, ample))).toMatchObject({
      name: 'InvalidRoomItemError',
      reason: `The item of room ward is malformed: ${attribute}.`,
    });
  });
});
