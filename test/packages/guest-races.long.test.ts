/** Concurrent guests with one invite in several processes, also while a host revokes it or closes the room. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
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
const sessionId = mintSessionId({ projectId: OPENTOK_SECRET.apiKey });

let dynamoDb: DynamoDb;
let secretsManager: SecretsManager;
let processes: JoinProcesses;
/** A new room for each test, so that no process has it in its cache. */
let room: string;

beforeAll(async () => {
  dynamoDb = await startDynamoDb({ tables: ['Rooms'] });
  secretsManager = await startSecretsManager({
    secrets: { [SECRET_ID]: JSON.stringify(OPENTOK_SECRET) },
  });
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
beforeEach(async () => {
  room = randomUUID();
  await putRoom({ admission: 'open' });
});
afterAll(async () => {
  await processes.end();
  await Promise.all([dynamoDb.close(), secretsManager.close()]);
});

async function putRoom(rules: object): Promise<void> {
  await dynamoDb.ask('PutItem', {
    TableName: 'Rooms',
    Item: {
      ...{ room: { S: room }, item: { S: 'room' }, sessionId: { S: sessionId } },
      ...{ projectId: { S: OPENTOK_SECRET.apiKey }, options: { S: '{}' } },
      createdAt: { N: String(Math.floor(Date.now() / 1000)) },
      ...{ rules: { S: JSON.stringify(rules) }, revision: { S: JSON.stringify(rules) } },
    },
  });
}

const inviteFor = (places: number) =>
  storeInvite(dynamoDb, { room, sessionId, changed: { maxGuests: { N: String(places) } } });

let addresses = 0;
/** Builds requests from different addresses, because each address has a rate limit. */
const guests = (count: number, body: object) =>
  Array.from({ length: count }, () => {
    addresses += 1;
    return guestEvent({ body, address: `198.51.${addresses >> 8}.${addresses & 255}` });
  });

async function countGuests(invite: string): Promise<number> {
  const [room = '', id] = invite.split('.');
  const { Item } = await dynamoDb.ask('GetItem', {
    TableName: 'Rooms',
    Key: { room: { S: room }, item: { S: `invite#${id}` } },
  });
  return Number(Object(Item).guests?.N ?? 0);
}

const withStatus = (answers: readonly RoomAnswer[], wanted: number) =>
  answers.filter(({ status }) => status === wanted);

/**
 * Sends requests concurrently, and retries those with a 503 in smaller waves, as clients with back-off do.
 * @returns the final responses, and the number of 503 responses, each of which may have taken a place
 */
async function askUntilAnswered(body: object, count: number) {
  const answers: RoomAnswer[] = [];
  let unanswered = 0;
  for (let wave = 0; answers.length < count && wave < 400; wave += 1) {
    const atOnce = Math.max(Math.ceil(count / 2 ** wave), PROCESSES);
    const asking = Math.min(count - answers.length, atOnce);
    const answered = await processes.askAtOnce(guests(asking, body));
    answers.push(...answered.filter(({ status }) => status !== 503));
    unanswered += withStatus(answered, 503).length;
  }
  expect(answers).toHaveLength(count);
  return { answers, unanswered };
}

/** Expects at most `PLACES` guests, and no place lost except by a request that got a 503. */
async function expectTenGuests(invite: string): Promise<readonly RoomAnswer[]> {
  const { answers, unanswered } = await askUntilAnswered({ invite }, GUESTS);
  const joined = withStatus(answers, 201);
  expect(joined.length + withStatus(answers, 404).length).toBe(GUESTS);
  expect(joined.length).toBeLessThanOrEqual(PLACES);
  expect(joined.length).toBeGreaterThanOrEqual(PLACES - unanswered);
  expect(await countGuests(invite)).toBe(PLACES);
  return joined;
}

describe('200 concurrent guests with an invite for 10, from 8 processes', () => {
  it('take ten places, and the others get the same 404', async () => {
    const joined = await expectTenGuests(await inviteFor(PLACES));
    const subjects = joined.map(({ body }) => {
      const claims = verifyHs256(String(body['token']), OPENTOK_SECRET.apiSecret);
      expect(claims['session_id']).toBe(sessionId);
      return JSON.parse(String(claims['connection_data'])).sub;
    });
    expect(new Set(subjects).size).toBe(joined.length);
  }, 120_000);

  it('take ten places while the table throttles, resets connections and loses responses', async () => {
    const invite = await inviteFor(PLACES);
    for (const [fault, times] of [
      [dynamoFaults.throttling, 20],
      [{ kind: 'reset' }, 10],
      [{ kind: 'truncated' }, 20],
    ] as const) {
      dynamoDb.fail(fault, { times });
    }
    for (const { body } of await expectTenGuests(invite)) {
      const { answers } = await askUntilAnswered({ guest: body['guest'] }, 1);
      expect(answers[0]?.status).toBe(201);
    }
  }, 120_000);
});

describe('guests who join while a host changes the room', () => {
  it('are rejected once the invite is revoked', async () => {
    const invite = await inviteFor(1_000);
    const [room = '', id] = invite.split('.');
    const meanwhile = processes.askAtOnce(guests(80, { invite }));
    await dynamoDb.ask('DeleteItem', {
      TableName: 'Rooms',
      Key: { room: { S: room }, item: { S: `invite#${id}` } },
    });
    const answers = await meanwhile;
    for (const { status } of answers) expect([201, 404, 503]).toContain(status);
    const after = await askUntilAnswered({ invite }, 16);
    expect(withStatus(after.answers, 404)).toHaveLength(16);
    for (const { body } of withStatus(answers, 201)) {
      const back = await askUntilAnswered({ guest: body['guest'] }, 1);
      expect(back.answers[0]?.status).toBe(404);
    }
  }, 120_000);

  it('are rejected once the room is closed', async () => {
    const invite = await inviteFor(1_000);
    const meanwhile = processes.askAtOnce(guests(80, { invite }));
    await putRoom({ admission: 'closed' });
    for (const { status } of await meanwhile) expect([201, 403, 503]).toContain(status);
    const after = await askUntilAnswered({ invite }, 16);
    expect(withStatus(after.answers, 403)).toHaveLength(16);
  }, 120_000);
});
