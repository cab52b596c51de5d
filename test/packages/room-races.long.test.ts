/** Many joins of one new room at once, from several processes that run the packaged function. */
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { localAwsEnvironment } from '../../stand-ins/aws-environment.ts';
import { type DynamoDb, dynamoFaults, startDynamoDb } from '../../stand-ins/dynamodb.ts';
import { type Platform, startPlatform } from '../../stand-ins/platform.ts';
import { type SecretsManager, startSecretsManager } from '../../stand-ins/secrets-manager.ts';
import { type JoinProcesses, startJoinProcesses } from '../rooms/join-processes.ts';
import { type RoomAnswer, roomEvent } from '../rooms/room-events.ts';
import { assertDocumented } from '../support/documented.ts';
import { SECRET_ID } from '../support/drive.ts';
import { OPENTOK_SECRET } from '../support/fixtures.ts';
import { verifyHs256 } from '../support/verify-token.ts';

const PROCESSES = 8;
const JOINS_EACH = 25;
const ROOM = 'standup';

let dynamoDb: DynamoDb;
let platform: Platform;
let secretsManager: SecretsManager;
let processes: JoinProcesses | undefined;

beforeEach(async () => {
  [dynamoDb, platform, secretsManager] = await Promise.all([
    startDynamoDb({ tables: ['Rooms'] }),
    startPlatform({ projects: [OPENTOK_SECRET] }),
    startSecretsManager({ secrets: { [SECRET_ID]: JSON.stringify(OPENTOK_SECRET) } }),
  ]);
  processes = undefined;
});

afterEach(async () => {
  await processes?.end();
  await Promise.all([dynamoDb.close(), platform.close(), secretsManager.close()]);
});

function environment(): Record<string, string> {
  return {
    ...localAwsEnvironment({ secretsManager: secretsManager.url, dynamoDb: dynamoDb.url }),
    SECRET_ID,
    VIDEO_API_URL: platform.url,
    ROOMS_TABLE: 'Rooms',
  };
}

async function startProcesses(): Promise<void> {
  const handlerFile = inject('packaged').functions['joinRoom']?.handlerFile ?? '';
  const options = { count: PROCESSES, environment: environment() };
  processes = await startJoinProcesses(handlerFile, options);
}

/** Sends the joins of all processes at once. */
async function joinAtOnce(): Promise<readonly RoomAnswer[]> {
  const event = roomEvent(`POST /rooms/${ROOM}/tokens`);
  return processes?.askAtOnce(new Array(PROCESSES * JOINS_EACH).fill(event)) ?? [];
}

/** Expects one session for all, and a valid token of it for each. */
async function expectOneSession(joined: readonly RoomAnswer[]): Promise<void> {
  expect(joined.map(({ status }) => status)).toEqual(new Array(PROCESSES * JOINS_EACH).fill(201));
  const { Items } = await dynamoDb.ask('Scan', { TableName: 'Rooms' });
  expect(Items).toHaveLength(1);
  const [item] = Items as { room: { S: string }; sessionId: { S: string } }[];
  expect(item?.room.S).toBe(ROOM);
  const sessionId = item?.sessionId.S;
  const nonces = new Set<unknown>();
  for (const { status, headers, body } of joined) {
    const answer = { statusCode: status, headers, body: JSON.stringify(body) };
    assertDocumented('joinRoom', roomEvent(`POST /rooms/${ROOM}/tokens`), answer);
    expect(body).toMatchObject({ sessionId, room: ROOM, apiKey: OPENTOK_SECRET.apiKey });
    const claims = verifyHs256(String(body['token']), OPENTOK_SECRET.apiSecret);
    expect(claims).toMatchObject({
      session_id: sessionId,
      iss: OPENTOK_SECRET.apiKey,
      exp: body['expireTime'],
    });
    nonces.add(claims['nonce']);
  }
  expect(nonces.size).toBe(joined.length);
}

describe('200 concurrent joins of one new room, from 8 processes', () => {
  it('return one session and 200 valid tokens', async () => {
    await startProcesses();
    await expectOneSession(await joinAtOnce());
    expect(platform.counts.requests).toBeLessThanOrEqual(PROCESSES);
  });

  it('do so while the table throttles, resets connections and loses answers', async () => {
    await startProcesses();
    const asUsual = { kind: 'delay', delayMs: 0 } as const;
    // Every other request fails, fewer in total than one call has attempts for.
    for (let round = 0; round < 3; round += 1) {
      for (const fault of [
        dynamoFaults.throughputExceeded,
        { kind: 'reset' },
        { kind: 'truncated' },
        dynamoFaults.throttling,
      ] as const) {
        dynamoDb.fail(fault);
        dynamoDb.fail(asUsual);
      }
    }
    await expectOneSession(await joinAtOnce());
    const injected = dynamoDb.requests.map(({ operation, fault }) => `${operation} ${fault}`);
    for (const fault of ['answer', 'reset', 'truncated']) expect(injected.join()).toContain(fault);
  });

  it('do so if the response to every first put is lost', async () => {
    await startProcesses();
    // All processes have read that the room does not exist before one of them puts it.
    const until = dynamoDb.received(dynamoDb.counts.requests + PROCESSES);
    dynamoDb.fail({ kind: 'delay', until }, { times: PROCESSES });
    dynamoDb.fail({ kind: 'truncated' }, { times: PROCESSES });
    await expectOneSession(await joinAtOnce());
    const lost = dynamoDb.requests.filter(({ fault }) => fault === 'truncated');
    expect(lost.map(({ operation }) => operation)).toContain('PutItem');
  });

  it('do so while the platform resets connections', async () => {
    await startProcesses();
    // As many as one call survives, in case one process gets them all.
    platform.fail({ kind: 'reset' }, { times: 2 });
    await expectOneSession(await joinAtOnce());
  });

  it('join an existing room without the platform', async () => {
    await startProcesses();
    await joinAtOnce();
    const before = platform.counts.requests;
    await expectOneSession(await joinAtOnce());
    expect(platform.counts.requests).toBe(before);
  });
});
