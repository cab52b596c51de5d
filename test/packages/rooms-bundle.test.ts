import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleOptions } from '../../deploy/esbuild.config.mjs';
import { type DynamoDb, startDynamoDb } from '../../stand-ins/dynamodb.ts';
import type { Project } from '../../stand-ins/platform.ts';
import { secretFaults } from '../../stand-ins/secrets-manager.ts';
import { startLearningServer } from '../rooms/learning-server.ts';
import { readRoomAnswer, roomEvent } from '../rooms/room-events.ts';
import { SECRET_ID } from '../support/drive.ts';
import { APPLICATION_ID, OPENTOK_SECRET } from '../support/fixtures.ts';
import { rsa, VONAGE_SECRET } from '../support/keys.ts';
import { type FunctionName, type Lambda, startLambda } from '../support/lambda.ts';
import { verifyHs256, verifyRs256 } from '../support/verify-token.ts';

const ROOM = 'standup';
const KEY = { room: { S: ROOM }, item: { S: 'room' } };

let dynamoDb: DynamoDb;
beforeEach(async () => {
  dynamoDb = await startDynamoDb({ tables: ['Rooms'] });
});
afterEach(() => dynamoDb.close());

describe('a room while the project moves', () => {
  const MOVED_TO = { apiKey: '654321', apiSecret: OPENTOK_SECRET.apiSecret };

  it('has one session for all containers, and is not replaced by one that cannot read the secret', async () => {
    const environment = {
      ROOMS_TABLE: 'Rooms',
      ROOM_CACHE_SECONDS: '0',
      AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.url,
    };
    const [before, after] = await Promise.all([
      startLambda('joinRoom', { project: OPENTOK_SECRET, environment }),
      startLambda('joinRoom', { project: MOVED_TO, environment }),
    ]);
    const join = async (lambda: Lambda) => {
      const { status, body } = readRoomAnswer(
        await lambda.invoke(roomEvent(`POST /rooms/${ROOM}/tokens`)),
      );
      return { status, sessionId: body['sessionId'], apiKey: body['apiKey'], type: body['type'] };
    };
    try {
      const old = await join(before);
      expect(old).toMatchObject({ status: 201, apiKey: OPENTOK_SECRET.apiKey });
      const moved = await join(after);
      expect(moved).toMatchObject({ status: 201, apiKey: MOVED_TO.apiKey });

      before.secretsManager.fail(secretFaults.internal, { times: Number.POSITIVE_INFINITY });
      for (let round = 0; round < 2; round += 1) {
        expect(await join(before)).toMatchObject({
          status: 503,
          type: 'urn:opentok-sessions:credentials-changing-error',
        });
        expect(await join(after)).toEqual(moved);
      }
      before.secretsManager.recover();
      before.secretsManager.setSecret(SECRET_ID, JSON.stringify(MOVED_TO));
      expect(await join(before)).toEqual(moved);
      expect(before.platform.counts.requests).toBe(1);

      // Back again: the first join creates the room, and the other containers follow.
      before.secretsManager.setSecret(SECRET_ID, JSON.stringify(OPENTOK_SECRET));
      after.secretsManager.setSecret(SECRET_ID, JSON.stringify(OPENTOK_SECRET));
      const third = await startLambda('joinRoom', { project: OPENTOK_SECRET, environment });
      try {
        const back = await join(third);
        expect(back).toMatchObject({ status: 201, apiKey: OPENTOK_SECRET.apiKey });
        for (const lambda of [after, before, third, after]) {
          expect(await join(lambda)).toEqual(back);
        }
      } finally {
        await third.close();
      }
    } finally {
      await Promise.all([before.close(), after.close()]);
    }
  });
});

describe('a secret that changes its project while a request is running', () => {
  const MOVED_TO = { apiKey: '654321', apiSecret: OPENTOK_SECRET.apiSecret };
  const opening = { room: ROOM };
  const joining = roomEvent(`POST /rooms/${ROOM}/tokens`);
  const putting = roomEvent({ route: `PUT /rooms/${ROOM}`, body: {} });

  it.each<[what: string, FunctionName, first: object, event: object]>([
    ['a join over HTTP', 'joinRoom', joining, joining],
    ['a join by a pipe', 'joinRoom', joining, [opening]],
    ['a put', 'manageRoom', putting, putting],
    ['an open', 'openRoom', opening, opening],
  ])('leaves %s with one project: that of the room', async (_what, name, first, event) => {
    const environment = {
      ...{ ROOMS_TABLE: 'Rooms', SECRET_TTL_SECONDS: '2', ROOM_CACHE_SECONDS: '0' },
      AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.url,
    };
    const lambda = await startLambda(name, { project: OPENTOK_SECRET, environment });
    const readItem = async () =>
      (await dynamoDb.ask('GetItem', { TableName: 'Rooms', Key: KEY }))['Item'];
    try {
      await lambda.invoke(first);
      const before = await readItem();
      lambda.secretsManager.setSecret(SECRET_ID, JSON.stringify(MOVED_TO));
      // The table responds after the secret's TTL.
      dynamoDb.fail({ kind: 'hang' }, { times: 2 });
      const response: unknown = await lambda.invoke(event);
      const answer = Array.isArray(response) ? response[0] : response;
      const { body } = Object(answer);
      expect(body === undefined ? answer : JSON.parse(body)).toMatchObject({
        apiKey: OPENTOK_SECRET.apiKey,
        sessionId: Object(before)['sessionId'].S,
      });
      expect(await readItem()).toEqual(before);
    } finally {
      await lambda.close();
    }
  });
});

describe('an expireTime that passes while the platform creates the session', () => {
  it('is rejected, without an expired token', async () => {
    const lambda = await startLambda('joinRoom', {
      environment: { ROOMS_TABLE: 'Rooms', AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.url },
    });
    try {
      lambda.platform.fail({ kind: 'delay', delayMs: 2_000 });
      // At least a second ahead, so that it is valid at the time of the request.
      const expireTime = Math.floor(Date.now() / 1000) + 2;
      const call = { route: `POST /rooms/${ROOM}/tokens`, body: { expireTime } };
      const answer = readRoomAnswer(await lambda.invoke(roomEvent(call)));
      expect(answer.status).toBe(400);
      expect(answer.body['errors']).toMatchObject([{ pointer: '#/expireTime' }]);
      expect(lambda.platform.counts.requests).toBe(1);
    } finally {
      await lambda.close();
    }
  });
});

/** The fields that a client reads, from the vendor's code. */
const samples: [client: string, project: Project, path: string, reads: readonly string[]][] = [
  ['OpenTok web samples', OPENTOK_SECRET, '/session', ['apiKey', 'sessionId', 'token']],
  ['Vonage web samples', VONAGE_SECRET, '/session', ['applicationId', 'sessionId', 'token']],
  ['Vonage web sample of encryption', VONAGE_SECRET, '/session?e2ee=true', ['applicationId']],
  ['OpenTok Android samples', OPENTOK_SECRET, '/session', ['apiKey', 'sessionId', 'token']],
  ['Vonage Android samples', VONAGE_SECRET, '/session', ['apiKey', 'sessionId', 'token']],
  ['the room route of its servers', VONAGE_SECRET, '/room/lobby', ['applicationId', 'token']],
  ['the reference app', VONAGE_SECRET, '/session/lobby', ['apiKey', 'sessionId', 'token']],
];

describe('the vendor’s sample clients', () => {
  it.each(samples)('get the fields they read: %s', async (_client, project, path, reads) => {
    const lambda = await startLambda('joinRoom', {
      project,
      environment: {
        ROOMS_TABLE: 'Rooms',
        AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.url,
        SAMPLE_ROUTES: 'true',
      },
    });
    const server = await startLearningServer((event) => lambda.invoke(event));
    try {
      // As in "Basic Video Chat", js/app.js: it sets no method or header and checks no status.
      const ask = async () =>
        (await (await fetch(`${server.url}${path}`)).json()) as Record<string, unknown>;
      const [first, again] = [await ask(), await ask()];
      for (const name of reads) expect(first[name]).toEqual(expect.any(String));
      const id = 'apiKey' in project ? project.apiKey : project.applicationId;
      expect(first).toMatchObject({ apiKey: id, applicationId: id });
      expect(first['sessionId']).toMatch(/^[12]_/);
      expect(again['sessionId']).toBe(first['sessionId']);
      expect(first['captionsId']).toBe(path.startsWith('/session/') ? null : undefined);
      const { form } = lambda.platform.requests[0] ?? expect.fail();
      expect(form).toMatchObject({ 'p2p.preference': 'disabled' });
      expect(form['e2ee']).toBe(path.includes('e2ee=true') ? 'true' : undefined);
      const token = String(first['token']);
      const claims =
        'apiKey' in project
          ? verifyHs256(token, project.apiSecret)
          : verifyRs256(token, rsa.publicKey);
      expect(claims).toMatchObject({ session_id: first['sessionId'], role: 'publisher' });
    } finally {
      await server.close();
      await lambda.close();
    }
  });
});

describe('the vendor’s current apps', () => {
  const data = { applicationId: APPLICATION_ID, token: expect.any(String) };

  it('get the fields they read, in single and batch requests', async () => {
    const lambda = await startLambda('joinRoom', {
      project: VONAGE_SECRET,
      environment: {
        ROOMS_TABLE: 'Rooms',
        AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.url,
        SAMPLE_ROUTES: 'true',
      },
    });
    try {
      const route = 'POST /v2/createSessionAndJoin';
      const input = { roomName: 'happy+panda' };
      const alone = readRoomAnswer(await lambda.invoke(roomEvent({ route, body: input })));
      const { sessionId } = Object(alone.body['result']).data;
      const result = { data: { ...data, sessionId, sessionKey: sessionId } };
      expect(alone).toMatchObject({ status: 200, body: { result } });
      const batched = roomEvent({ route: `${route}?batch=1`, body: { 0: input } });
      const { status, body } = readRoomAnswer(await lambda.invoke(batched));
      expect({ status, body }).toEqual({ status: 200, body: [{ result }] });
    } finally {
      await lambda.close();
    }
  });
});

describe('the bundles of the functions without rooms', () => {
  it.each(['create-session', 'issue-token'])('contain no code of rooms: %s', async (name) => {
    const inputs = await readInputs(name);
    expect(inputs.filter((file) => /room|dynamodb/i.test(file))).toEqual([]);
  });

  it('differ in that from the bundles with rooms', async () => {
    for (const name of ['join-room', 'manage-room', 'open-room']) {
      const inputs = await readInputs(name);
      expect(inputs.some((file) => file.includes('@aws-sdk/client-dynamodb/'))).toBe(true);
      expect(inputs.some((file) => file.includes('@aws-sdk/lib-dynamodb/'))).toBe(false);
    }
  });

  it.each(['join-room', 'manage-room'])('do not give %s a client for results', async (name) => {
    const inputs = await readInputs(name);
    expect(inputs.filter((file) => file.includes('eventbridge'))).toEqual([]);
  });

  async function readInputs(name: string): Promise<string[]> {
    const { metafile } = await build({
      ...bundleOptions,
      entryPoints: [`handlers/${name}.ts`],
      outdir: 'not-written',
      metafile: true,
      write: false,
    });
    return Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
  }
});
