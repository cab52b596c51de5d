/** Many at once: guests on one invite from many processes, and hosts who change their minds meanwhile. */
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { localAwsEnvironment } from '../../stand-ins/aws-environment.ts';
import { type DynamoDb, dynamoFaults, startDynamoDb } from '../../stand-ins/dynamodb.ts';
import { type SecretsManager, startSecretsManager } from '../../stand-ins/secrets-manager.ts';
import { mintSessionId } from '../../stand-ins/session-id.ts';
import { type JoinProcesses, startJoinProcesses } from '../rooms/join-processes.ts';
import { guestEvent, type RoomAnswer } from '../rooms/room-events.ts';
import { storeInvite } from '../rooms/stored-invite.ts';
import { SECRET_ID } from '../support/drive.ts';
import { OPENTOK_SECRET } from '../support/fixtures.ts';
import { verifyHs256 } from '../support/verify-token.ts';

const PROCESSES = 8;
const GUESTS = 200;
const PLACES = 10;
const ROOM = 'class';
const sessionId = mintSessionId({ projectId: OPENTOK_SECRET.apiKey });

let dynamoDb: DynamoDb;
let secretsManager: SecretsManager;
let processes: JoinProcesses;

beforeEach(async () => {
  dynamoDb = await startDynamoDb({ tables: ['Rooms'] });
  secretsManager = await startSecretsManager({
    secrets: { [SECRET_ID]: JSON.stringify(OPENTOK_SECRET) },
  });
  await putRoom({ admission: 'open' });
  processes = await startJoinProcesses(
    inject('packaged').functions['joinAsGuest']?.handlerFile ?? '',
    {
      count: PROCESSES,
      environment: {
        ...localAwsEnvironment({ secretsManager: secretsManager.url, dynamoDb: dynamoDb.url }),
        SECRET_ID,
        ROOMS_TABLE: 'Rooms',
      },
    },
  );
}, 60_000);
afterEach(async () => {
  await processes.end();
  await Promise.all([dynamoDb.close(), secretsManager.close()]);
});

async function putRoom(rules: object): Promise<void> {
  await dynamoDb.ask('PutItem', {
    TableName: 'Rooms',
    Item: {
      ...{ room: { S: ROOM }, item: { S: 'room' }, sessionId: { S: sessionId } },
      ...{ projectId: { S: OPENTOK_SECRET.apiKey }, options: { S: '{}' } },
      createdAt: { N: String(Math.floor(Date.now() / 1000)) },
      ...{ rules: { S: JSON.stringify(rules) }, revision: { S: JSON.stringify(rules) } },
    },
  });
}

const inviteFor = (places: number) =>
  storeInvite(dynamoDb, { room: ROOM, sessionId, changed: { maxGuests: { N: String(places) } } });

/** Each from an address of their own. */
const guests = (count: number, body: object) =>
  Array.from({ length: count }, (_, index) =>
    guestEvent({ body, address: `198.51.${Math.floor(index / 200)}.${(index % 200) + 1}` }),
  );

async function countGuests(invite: string): Promise<number> {
  const [room = '', id] = invite.split('.');
  const { Item } = await dynamoDb.ask('GetItem', {
    TableName: 'Rooms',
    Key: { room: { S: room }, item: { S: `invite#${id}` } },
  });
  return Object(Item).guests?.BS.length ?? 0;
}

const withStatus = (answers: readonly RoomAnswer[], wanted: number) =>
  answers.filter(({ status }) => status === wanted);

describe('200 guests at once on an invite for 10, from 8 processes', () => {
  it('are let in as ten people, and the others are told nothing', async () => {
    const invite = await inviteFor(PLACES);
    const answers = await processes.askAtOnce(guests(GUESTS, { invite }));
    // A table on a busy machine may keep some waiting too long. They ask again, as clients do.
    let unanswered = withStatus(answers, 503).length;
    const all = answers.filter(({ status }) => status !== 503);
    const lost = unanswered;
    while (unanswered > 0) {
      const again = await processes.askAtOnce(guests(unanswered, { invite }));
      all.push(...again.filter(({ status }) => status !== 503));
      unanswered = withStatus(again, 503).length;
    }
    const joined = withStatus(all, 201);
    expect(joined.length + withStatus(all, 404).length).toBe(GUESTS);
    expect(joined.length).toBeLessThanOrEqual(PLACES);
    // Only who was not answered can have a place that nobody else gets.
    expect(joined.length).toBeGreaterThanOrEqual(PLACES - lost);
    expect(await countGuests(invite)).toBe(PLACES);
    const subjects = joined.map(({ body }) => {
      const claims = verifyHs256(String(body['token']), OPENTOK_SECRET.apiSecret);
      expect(claims['session_id']).toBe(sessionId);
      return JSON.parse(String(claims['connection_data'])).sub;
    });
    expect(new Set(subjects).size).toBe(joined.length);
  }, 60_000);

  it('are as many while the table throttles, resets connections and loses answers', async () => {
    const invite = await inviteFor(PLACES);
    for (const [fault, times] of [
      [dynamoFaults.throttling, 20],
      [{ kind: 'reset' }, 10],
      [{ kind: 'truncated' }, 20],
    ] as const) {
      dynamoDb.fail(fault, { times });
    }
    const answers = await processes.askAtOnce(guests(GUESTS, { invite }));
    const joined = withStatus(answers, 201);
    // Who was not answered may have a place; nobody has two, and there are no more than there are.
    expect(joined.length).toBeLessThanOrEqual(PLACES);
    expect(await countGuests(invite)).toBe(PLACES);
    const unanswered = withStatus(answers, 503).length;
    expect(joined.length + unanswered).toBeGreaterThanOrEqual(PLACES);
    for (const { body } of joined) {
      const [back] = await processes.askAtOnce(guests(1, { guest: body['guest'] }));
      expect(back?.status).toBe(201);
    }
  }, 60_000);
});

describe('guests who come while a host changes their mind', () => {
  it('do not come in after the invite was taken back', async () => {
    const invite = await inviteFor(1_000);
    const [room = '', id] = invite.split('.');
    const meanwhile = processes.askAtOnce(guests(80, { invite }));
    await dynamoDb.ask('DeleteItem', {
      TableName: 'Rooms',
      Key: { room: { S: room }, item: { S: `invite#${id}` } },
    });
    const answers = await meanwhile;
    for (const { status } of answers) expect([201, 404, 503]).toContain(status);
    const after = await processes.askAtOnce(guests(16, { invite }));
    expect(withStatus(after, 404)).toHaveLength(16);
    for (const { body } of withStatus(answers, 201)) {
      const [back] = await processes.askAtOnce(guests(1, { guest: body['guest'] }));
      expect(back?.status).toBe(404);
    }
  }, 60_000);

  it('do not come in after the door was closed', async () => {
    const invite = await inviteFor(1_000);
    const meanwhile = processes.askAtOnce(guests(80, { invite }));
    await putRoom({ admission: 'closed' });
    for (const { status } of await meanwhile) expect([201, 403, 503]).toContain(status);
    const after = await processes.askAtOnce(guests(16, { invite }));
    expect(withStatus(after, 403)).toHaveLength(16);
  }, 60_000);
});
