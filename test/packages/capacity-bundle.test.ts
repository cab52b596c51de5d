/**
 * How many people fit into a room, through the functions as they are deployed: joins by several containers,
 * guests, the waiting room, and callbacks.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeIdentity } from '../../lib/domain/identity.ts';
import { madeUpProject } from '../../local/start-options.ts';
import { connectionCallback, signCallback } from '../../stand-ins/callbacks.ts';
import { type DynamoDb, dynamoFaults, startDynamoDb } from '../../stand-ins/dynamodb.ts';
import { callbackEvent } from '../live/start-callbacks.ts';
import { guestEvent, type RoomAnswer, readRoomAnswer, roomEvent } from '../rooms/room-events.ts';
import { type FunctionName, type Lambda, startLambda } from '../support/lambda.ts';

const SECRET = 'callback-secret';
const PROJECT_ID = madeUpProject.apiKey;
const FULL = [409, 'urn:opentok-sessions:room-full-error'];

let dynamoDb: DynamoDb;
let receiver: Lambda;
let host: Lambda;
let guests: Lambda;
const joins: Lambda[] = [];

beforeAll(async () => {
  dynamoDb = await startDynamoDb({ tables: ['Rooms'] });
  const project = { ...madeUpProject, callbackSecrets: [SECRET] };
  const start = (name: FunctionName, environment: Record<string, string> = {}) =>
    startLambda(name, {
      project,
      environment: {
        ...{ AUTH: 'jwt', ROOMS_ONLY: 'true', LIVE_ROOMS: 'true', ROOM_CACHE_SECONDS: '0' },
        ...{ ROOMS_TABLE: 'Rooms', AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.url },
        ...environment,
      },
    });
  receiver = await start('receiveCallback', { EVENT_BUS_NAME: 'results' });
  const shared = { VIDEO_API_URL: receiver.platform.url };
  host = await start('manageRoom', shared);
  guests = await start('joinAsGuest', shared);
  for (let index = 0; index < 3; index += 1) joins.push(await start('joinRoom', shared));
}, 120_000);

afterAll(async () => {
  for (const lambda of [receiver, host, guests, ...joins]) await lambda?.close();
  await dynamoDb.close();
});

const MODERATOR = { sub: 'host', opentok_role: 'moderator' };
const ask = async (route: string, body: object = {}): Promise<RoomAnswer> =>
  readRoomAnswer(await host.invoke(roomEvent({ route, body, claims: MODERATOR })));

let rooms = 0;
async function putRoom(rules: object): Promise<{ room: string; sessionId: string }> {
  rooms += 1;
  const room = `hall-${rooms}`;
  const { status, body } = await ask(`PUT /rooms/${room}`, rules);
  expect(status).toBe(201);
  return { room, sessionId: String(body['sessionId']) };
}

async function join(room: string, sub: string, role = 'publisher', of = 0): Promise<RoomAnswer> {
  const claims = { sub, opentok_role: role };
  const event = roomEvent({ route: `POST /rooms/${room}/tokens`, body: {}, claims });
  return readRoomAnswer(await (joins[of] as Lambda).invoke(event));
}

const asGuest = async (body: object) => readRoomAnswer(await guests.invoke(guestEvent({ body })));

/** Sends the callback about a connection that the platform has, or that has left it. */
async function report(
  event: 'connectionCreated' | 'connectionDestroyed',
  { sessionId, id, sub }: { sessionId: string; id: string; sub: string | undefined },
): Promise<number> {
  const data = sub === undefined ? 'of another service' : writeIdentity({ sub });
  const body = JSON.stringify(
    connectionCallback(
      event,
      { sessionId, projectId: PROJECT_ID },
      { connectionId: id, createdAt: Date.now(), data },
    ),
  );
  const authorization = `Bearer ${signCallback(body, { secret: SECRET })}`;
  const answer = await receiver.invoke(callbackEvent(body, authorization));
  return readRoomAnswer(answer).status;
}

async function connect(sessionId: string, sub: string | undefined): Promise<string> {
  const { id } = receiver.platform.connect(sessionId);
  expect(await report('connectionCreated', { sessionId, id, sub })).toBe(200);
  return id;
}

async function leave(sessionId: string, id: string, sub: string | undefined): Promise<void> {
  receiver.platform.leave(sessionId, id);
  expect(await report('connectionDestroyed', { sessionId, id, sub })).toBe(200);
}

const problem = ({ status, body }: RoomAnswer) => [status, body['type']];
const statesOf = (sessionId: string) =>
  receiver.platform.connectionsOf(sessionId).map(({ state }) => state);

describe('a room with maxParticipants', () => {
  it('gives exactly as many tokens as people fit, to joins of three containers at once', async () => {
    const { room } = await putRoom({ maxParticipants: 10 });
    const answers = await Promise.all(
      Array.from({ length: 90 }, (_, index) => join(room, `user-${index}`, 'publisher', index % 3)),
    );
    const [full = expect.fail()] = answers.filter(({ status }) => status !== 201);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(10);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 409]));
    expect(problem(full)).toEqual(FULL);
    expect(Number(full.headers['retry-after'])).toBeGreaterThan(0);
    expect(full.body).not.toHaveProperty('token');
    expect((await join(room, 'another host', 'moderator')).status).toBe(201);
  }, 60_000);

  it('shows the rule to hosts, and is the same room without it', async () => {
    const { room, sessionId } = await putRoom({ maxParticipants: 1 });
    expect((await ask(`GET /rooms/${room}`)).body['maxParticipants']).toBe(1);
    await join(room, 'ada');
    expect(problem(await join(room, 'bob'))).toEqual(FULL);
    expect((await ask(`PUT /rooms/${room}`)).body).toMatchObject({
      ...{ sessionId, maxParticipants: null },
    });
    expect((await join(room, 'bob')).status).toBe(201);
  });

  it('disconnects a surplus connection, and frees the seats of people who leave', async () => {
    const { room, sessionId } = await putRoom({});
    for (const sub of ['ada', 'bob']) expect((await join(room, sub)).status).toBe(201);
    const ada = await connect(sessionId, 'ada');
    await ask(`PUT /rooms/${room}`, { maxParticipants: 1 });
    expect(problem(await join(room, 'cyd'))).toEqual(FULL);
    expect((await join(room, 'ada')).status).toBe(201);
    // With the token from before the rule.
    await connect(sessionId, 'bob');
    expect(statesOf(sessionId)).toEqual(['Connected', 'Disconnected']);
    await connect(sessionId, undefined);
    expect(statesOf(sessionId)).toEqual(['Connected', 'Disconnected', 'Connected']);
    await ask(`PUT /rooms/${room}`, { maxParticipants: 2 });
    expect(problem(await join(room, 'cyd'))).toEqual(FULL);
    await connect(sessionId, 'ada');
    await leave(sessionId, ada, 'ada');
    expect(problem(await join(room, 'cyd'))).toEqual(FULL);
  });

  it('gives the seat of a person who has left to the next join', async () => {
    const { room, sessionId } = await putRoom({ maxParticipants: 1 });
    await join(room, 'ada');
    const ada = await connect(sessionId, 'ada');
    expect(problem(await join(room, 'bob'))).toEqual(FULL);
    await leave(sessionId, ada, 'ada');
    expect((await join(room, 'bob')).status).toBe(201);
    expect(problem(await join(room, 'ada'))).toEqual(FULL);
  });

  it('uses up no place of an invite while it is full', async () => {
    const { room, sessionId } = await putRoom({ maxParticipants: 1 });
    await join(room, 'ada');
    const ada = await connect(sessionId, 'ada');
    const { invite } = (await ask(`POST /rooms/${room}/invites`)).body;
    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect(problem(await asGuest({ invite }))).toEqual(FULL);
    }
    await leave(sessionId, ada, 'ada');
    expect((await asGuest({ invite })).status).toBe(201);
  });

  it('lets an admitted guest try again while it is full', async () => {
    const { room, sessionId } = await putRoom({ maxParticipants: 1, admission: 'knock' });
    expect((await join(room, 'host', 'moderator')).status).toBe(201);
    const connection = await connect(sessionId, 'host');
    const { invite } = (await ask(`POST /rooms/${room}/invites`)).body;
    const { knock } = (await asGuest({ invite, name: 'Ada' })).body;
    await ask(`PUT /rooms/${room}/knocks`, { decision: 'admit' });
    expect(problem(await asGuest({ invite, knock, name: 'Ada' }))).toEqual(FULL);
    await leave(sessionId, connection, 'host');
    expect((await asGuest({ invite, knock, name: 'Ada' })).status).toBe(201);
  });

  it('issues no token while its seats cannot be read', async () => {
    const { room } = await putRoom({ maxParticipants: 2 });
    await join(room, 'ada');
    dynamoDb.fail(dynamoFaults.internal, { times: Number.POSITIVE_INFINITY });
    const answer = await join(room, 'bob');
    dynamoDb.recover();
    expect(answer.status).toBe(503);
    expect((await join(room, 'bob')).status).toBe(201);
    expect(problem(await join(room, 'cyd'))).toEqual(FULL);
  });

  it('counts a person once if the response of the table was lost', async () => {
    const { room } = await putRoom({ maxParticipants: 2 });
    for (let request = 0; request < 3; request += 1) {
      dynamoDb.fail({ kind: 'truncated' }, { times: request });
      expect((await join(room, 'ada')).status).toBe(201);
    }
    dynamoDb.recover();
    expect((await join(room, 'bob')).status).toBe(201);
    expect(problem(await join(room, 'cyd'))).toEqual(FULL);
  });

  it('cannot be put without liveRooms=true', async () => {
    const other = await startLambda('manageRoom', {
      environment: { ROOMS_TABLE: 'Rooms', AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.url },
    });
    try {
      const event = roomEvent({ route: 'PUT /rooms/elsewhere', body: { maxParticipants: 2 } });
      const { status, body } = readRoomAnswer(await other.invoke(event));
      expect(status).toBe(400);
      expect(body['errors']).toMatchObject([{ pointer: '#/maxParticipants' }]);
    } finally {
      await other.close();
    }
  });
});
