/** Rooms that are emptied when they close, through the functions as they are deployed, over real sockets. */
import { describe, expect, it } from 'vitest';
import { platformFaults } from '../../stand-ins/platform-faults.ts';
import { usePackagedFunctions } from '../rooms/packaged-functions.ts';
import { type RoomAnswer, readRoomAnswer, roomEvent } from '../rooms/room-events.ts';

const { use, start, dynamoDb } = usePackagedFunctions(['manageRoom', 'closeRooms', 'openRoom'], {
  LIVE_ROOMS: 'true',
});
const claims = { sub: 'host', opentok_role: 'moderator' };
let rooms = 0;

const put = async (route: string, body: object): Promise<RoomAnswer> =>
  readRoomAnswer(await use('manageRoom').invoke(roomEvent({ route, body, claims })));

/** Puts a room that closes in a minute, and lets that minute pass for the table. */
async function closeRoom(clients: number): Promise<{ room: string; sessionId: string }> {
  rooms += 1;
  const room = `stage-${rooms}`;
  const closesAt = Math.floor(Date.now() / 1000) + 60;
  const { status, body } = await put(`PUT /rooms/${room}`, { closesAt, disconnectAtClose: true });
  expect([status, body['disconnectAtClose']]).toEqual([201, true]);
  const sessionId = String(body['sessionId']);
  for (let client = 0; client < clients; client += 1) {
    use('closeRooms').platform.connect(sessionId);
  }
  await moveBack(room, closesAt, 60);
  return { room, sessionId };
}

/** Changes the items of a room as if it had been put that many seconds earlier. */
async function moveBack(room: string, closesAt: number, seconds: number): Promise<void> {
  const TableName = 'Rooms';
  const pad = (time: number) => String(time).padStart(12, '0');
  const Key = { room: { S: 'closing#' }, item: { S: `${pad(closesAt)}#${room}` } };
  const { Item } = await dynamoDb().ask('GetItem', { TableName, Key });
  expect(Item).toBeDefined();
  await dynamoDb().ask('DeleteItem', { TableName, Key });
  const item = { S: `${pad(closesAt - seconds)}#${room}` };
  await dynamoDb().ask('PutItem', { TableName, Item: { ...Object(Item), item } });
  const rules = JSON.stringify({
    ...{ admission: 'open', closesAt: closesAt - seconds, disconnectAtClose: true },
  });
  await dynamoDb().ask('UpdateItem', {
    ...{ TableName, Key: { room: { S: room }, item: { S: 'room' } } },
    UpdateExpression: 'SET #rules = :rules',
    ExpressionAttributeNames: { '#rules': 'rules' },
    ExpressionAttributeValues: { ':rules': { S: rules } },
  });
}

const clientsOf = (sessionId: string) =>
  use('closeRooms')
    .platform.connectionsOf(sessionId)
    .filter(({ state }) => state !== 'Disconnected').length;

/** What EventBridge sends: the input of the schedule. */
const runOnce = () => use('closeRooms').invoke({});
const lines = () => use('closeRooms').logged.map((line) => JSON.parse(line));

describe('closeRooms', () => {
  it('writes no line if no room closes', async () => {
    expect(await runOnce()).toEqual({ closed: 0, notClosed: 0, removed: 0 });
    expect(use('closeRooms').logged).toEqual([]);
  });

  it('disconnects everyone from a room that has closed, and logs how many', async () => {
    const { sessionId } = await closeRoom(3);
    expect(await runOnce()).toEqual({ closed: 1, notClosed: 0, removed: 3 });
    expect(clientsOf(sessionId)).toBe(0);
    expect(lines().at(-1)).toMatchObject({
      ...{ function: 'closeRooms', message: 'rooms closed', outcome: 'succeeded' },
      ...{ roomsClosed: 1, roomsNotClosed: 0, participantsRemoved: 3 },
    });
  });

  it('leaves a room that has not closed yet', async () => {
    rooms += 1;
    const body = { closesAt: Math.floor(Date.now() / 1000) + 60, disconnectAtClose: true };
    const { sessionId } = (await put(`PUT /rooms/stage-${rooms}`, body)).body;
    use('closeRooms').platform.connect(String(sessionId));
    await runOnce();
    expect(clientsOf(String(sessionId))).toBe(1);
  });

  it('logs a room that the platform does not let it empty, and empties it in a later run', async () => {
    const { room, sessionId } = await closeRoom(1);
    const { platform } = use('closeRooms');
    const others = (await runOnce())['closed'] as number;
    platform.connect(sessionId);
    platform.fail(platformFaults.badRequest, { times: others });
    expect(await runOnce()).toMatchObject({ closed: 0, notClosed: others });
    expect(lines()).toContainEqual(
      expect.objectContaining({
        ...{ level: 'warn', fault: 'PlatformRefusedError' },
        reason: expect.stringContaining(`The clients of the room ${room} were not disconnected`),
      }),
    );
    expect(clientsOf(sessionId)).toBe(1);
    await runOnce();
    expect(clientsOf(sessionId)).toBe(0);
  });

  it('accepts the whole event of a schedule', async () => {
    const event = {
      ...{ version: '0', id: 'x', source: 'aws.events', 'detail-type': 'Scheduled Event' },
      ...{ detail: {}, resources: [], time: '2026-11-29T00:00:00Z' },
    };
    expect(await use('closeRooms').invoke(event)).toMatchObject({ notClosed: 0 });
  });
});

describe('disconnectAtClose', () => {
  const closesAt = Math.floor(Date.now() / 1000) + 3_600;

  it('is recorded for a room that a message opens', async () => {
    const request = { room: 'by-message', closesAt, disconnectAtClose: true };
    expect(await use('openRoom').invoke(request)).toMatchObject({ disconnectAtClose: true });
    const Key = {
      ...{
        room: { S: 'closing#' },
        item: { S: `${String(closesAt).padStart(12, '0')}#by-message` },
      },
    };
    expect(await dynamoDb().ask('GetItem', { TableName: 'Rooms', Key })).toHaveProperty('Item');
  });

  it.each([
    ['without closesAt', {}, {}, 'needs closesAt'],
    ['without liveRooms=true', { closesAt }, { LIVE_ROOMS: 'false' }, 'liveRooms=true'],
  ])('is rejected %s', async (_, rules, settings, detail) => {
    const manageRoom = await start('manageRoom', settings);
    try {
      const body = { ...rules, disconnectAtClose: true };
      const event = roomEvent({ route: 'PUT /rooms/rejected', body, claims });
      const answer = readRoomAnswer(await manageRoom.invoke(event));
      expect(answer.status).toBe(400);
      expect(answer.body['errors']).toEqual([
        { pointer: '#/disconnectAtClose', detail: expect.stringContaining(detail) },
      ]);
    } finally {
      await manageRoom.close();
    }
  });
});
