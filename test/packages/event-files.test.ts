/**
 * The event files, which the docs use with `serverless invoke local`, through the packaged functions: each
 * source gets the response it expects.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { madeUpProject } from '../../local/start-options.ts';
import { type DynamoDb, startDynamoDb } from '../../stand-ins/dynamodb.ts';
import { type FunctionName, type Lambda, startLambda } from '../support/lambda.ts';
import { verifyHs256 } from '../support/verify-token.ts';

const folder = new URL('../events/', import.meta.url);
const functions: Readonly<Record<string, FunctionName>> = {
  'create-session': 'createSession',
  'inspect-token': 'inspectToken',
  'issue-token': 'issueToken',
  'join-room': 'joinRoom',
  'join-as-guest': 'joinAsGuest',
  'manage-room': 'manageRoom',
  'open-room': 'openRoom',
};
const lambdas = new Map<string, Lambda>();
let dynamoDb: DynamoDb;
beforeAll(async () => {
  dynamoDb = await startDynamoDb({ tables: ['Rooms'] });
  const environment = { ROOMS_TABLE: 'Rooms', AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.url };
  for (const [prefix, name] of Object.entries(functions)) {
    lambdas.set(prefix, await startLambda(name, { environment }));
  }
}, 60_000);
afterAll(async () => {
  for (const lambda of lambdas.values()) await lambda.close();
  await dynamoDb.close();
});

async function invoke(file: string) {
  const lambda = lambdas.get(file.split('.')[0] ?? '');
  if (!lambda) return expect.fail('not started');
  const before = lambda.eventBridge.events.length;
  const event: unknown = JSON.parse(readFileSync(new URL(`${file}.json`, folder), 'utf8'));
  const answer = await lambda.invoke(event);
  const results = lambda.eventBridge.events
    .slice(before)
    .map(({ detailType, detail }) => ({ detailType, detail }));
  const line: { source: string } = JSON.parse(lambda.logged.at(-1) ?? 'null');
  return { answer, results, source: line.source };
}

const anySession = (changed: object = {}) => ({
  sessionId: expect.stringMatching(/^1_/),
  mediaMode: 'routed',
  archiveMode: 'manual',
  location: null,
  e2ee: false,
  apiKey: madeUpProject.apiKey,
  ...changed,
});
const created = (eventId: string, reference: string, session: object = anySession()) => ({
  detailType: 'OpenTok Session Created',
  detail: { session, eventId, reference },
});

describe('an event file', () => {
  const tested = new Set<string>();
  const testFile = (file: string, test: () => Promise<void>): void => {
    tested.add(`${file}.json`);
    it(`succeeds: ${file}`, test);
  };

  for (const file of ['http-api', 'http-api-jwt', 'rest-api']) {
    testFile(`create-session.${file}`, async () => {
      const { answer, results, source } = await invoke(`create-session.${file}`);
      expect({ status: answer['statusCode'], source }).toEqual({ status: 201, source: 'http' });
      expect(JSON.parse(String(answer['body']))).toEqual(anySession());
      expect(results).toEqual([]);
    });
    testFile(`issue-token.${file}`, async () => {
      const { answer } = await invoke(`issue-token.${file}`);
      expect(answer['statusCode']).toBe(201);
      expectAdasToken(JSON.parse(String(answer['body'])), file);
    });
    testFile(`join-room.${file}`, async () => {
      const { answer, source } = await invoke(`join-room.${file}`);
      expect({ status: answer['statusCode'], source }).toEqual({ status: 201, source: 'http' });
      const joined = JSON.parse(String(answer['body']));
      expect(joined).toMatchObject({ room: 'standup', role: 'moderator' });
      expectAdasToken(joined, file);
    });
  }

  function expectAdasToken({ token, sessionId }: Record<string, string>, file: string): void {
    const data = file.endsWith('jwt')
      ? '{"sub":"a1b2c3d4-5678-90ab-cdef-EXAMPLE11111","data":"name=Ada"}'
      : 'name=Ada';
    expect(verifyHs256(token ?? '', madeUpProject.apiSecret)).toMatchObject({
      session_id: sessionId,
      role: 'moderator',
      connection_data: data,
    });
  }

  testFile('join-room.direct', async () => {
    const { answer } = await invoke('join-room.direct');
    expect(answer).toMatchObject({ room: 'standup' });
    expectAdasToken(answer as Record<string, string>, 'direct');
  });

  testFile('join-as-guest.http-api', async () => {
    const { answer, source } = await invoke('join-as-guest.http-api');
    expect({ status: answer['statusCode'], source }).toEqual({ status: 404, source: 'http' });
    expect(JSON.parse(String(answer['body']))).toMatchObject({
      type: 'urn:opentok-sessions:invite-not-found-error',
    });
  });

  const inspected = { tokenType: 'JWT', signature: 'other-project', apiKey: madeUpProject.apiKey };
  testFile('inspect-token.direct', async () => {
    const { answer, source } = await invoke('inspect-token.direct');
    expect({ answer, source }).toMatchObject({ answer: inspected, source: 'direct' });
  });
  testFile('inspect-token.http-api', async () => {
    const { answer, source } = await invoke('inspect-token.http-api');
    expect({ status: answer['statusCode'], source }).toEqual({ status: 200, source: 'http' });
    expect(JSON.parse(String(answer['body']))).toMatchObject(inspected);
  });

  testFile('describe-api.http-api', async () => {
    // It reads no environment and logs nothing, so it needs no separate container.
    const { handler } = await import(
      String(inject('packaged').optionalFunctions['describeApi']?.handlerFile)
    );
    const file = new URL('describe-api.http-api.json', folder);
    const answer = await handler(JSON.parse(readFileSync(file, 'utf8')));
    expect(answer.statusCode).toBe(200);
    expect(JSON.parse(answer.body)).toHaveProperty(['paths', '/tokens/inspect', 'post']);
  });

  testFile('manage-room.direct', async () => {
    const { answer, source } = await invoke('manage-room.direct');
    expect({ answer, source }).toMatchObject({
      answer: { name: 'appointment-4711', admission: 'closed', created: true },
      source: 'direct',
    });
  });

  const opened = anySession({
    name: 'class-7b',
    createdAt: expect.any(String),
    ...{ opensAt: null, closesAt: null, admission: 'open', defaultRole: null, reference: null },
    maxParticipants: null,
    disconnectAtClose: false,
    etag: expect.any(String),
  });
  const roomOpened = (eventId: string) => ({
    detailType: 'OpenTok Room Opened',
    detail: { room: opened, eventId, reference: 'lesson-4' },
  });

  testFile('open-room.direct', async () => {
    const { answer, results, source } = await invoke('open-room.direct');
    expect({ answer, results, source }).toEqual({ answer: opened, results: [], source: 'direct' });
  });

  testFile('open-room.eventbridge', async () => {
    expect(await invoke('open-room.eventbridge')).toEqual({
      answer: {},
      results: [roomOpened('17793124-05d4-b198-2fde-7ededc63b103')],
      source: 'eventbridge',
    });
  });

  testFile('open-room.sqs', async () => {
    const { answer, results, source } = await invoke('open-room.sqs');
    expect({ answer, source }).toEqual({ answer: { batchItemFailures: [] }, source: 'sqs' });
    expect(results).toHaveLength(2);
    expect(results).toContainEqual(roomOpened('059f36b4-87a3-44ab-83d2-661975830a7d'));
    expect(results).toContainEqual({
      detailType: 'OpenTok Room Failed',
      detail: expect.objectContaining({
        reference: 'lesson-5',
        problem: expect.objectContaining({
          status: 400,
          errors: [expect.objectContaining({ pointer: '#/room' })],
        }),
      }),
    });
  });

  testFile('create-session.direct', async () => {
    const { answer, results, source } = await invoke('create-session.direct');
    expect({ answer, results, source }).toEqual({
      answer: anySession(),
      results: [],
      source: 'direct',
    });
  });

  testFile('issue-token.direct', async () => {
    const { answer } = await invoke('issue-token.direct');
    expect(verifyHs256(String(answer['token']), madeUpProject.apiSecret)).toMatchObject({
      role: 'moderator',
      connection_data: 'name=Ada',
    });
  });

  testFile('create-session.eventbridge', async () => {
    expect(await invoke('create-session.eventbridge')).toEqual({
      answer: {},
      results: [created('6a7e8feb-b491-4cf7-a9f1-bf3703467718', 'appointment-4711')],
      source: 'eventbridge',
    });
  });

  testFile('create-session.sns', async () => {
    expect(await invoke('create-session.sns')).toEqual({
      answer: {},
      results: [created('95df01b4-ee98-5cb9-9903-4c221d41eb5e', 'appointment-4711')],
      source: 'sns',
    });
  });

  testFile('create-session.sqs', async () => {
    const { answer, results, source } = await invoke('create-session.sqs');
    expect({ answer, source }).toEqual({ answer: { batchItemFailures: [] }, source: 'sqs' });
    const archived = anySession({
      archiveMode: 'always',
      archiveName: 'Class 2',
      archiveResolution: '640x480',
    });
    const inOrder = results.toSorted((one, other) =>
      String(one.detail['reference']).localeCompare(String(other.detail['reference'])),
    );
    expect(inOrder).toEqual([
      created('059f36b4-87a3-44ab-83d2-661975830a7d', 'class-1'),
      created('2e1424d4-f796-459a-8184-9c92662be6da', 'class-2', archived),
      {
        detailType: 'OpenTok Session Failed',
        detail: {
          problem: {
            type: 'urn:opentok-sessions:validation-error',
            title: 'The request is not valid',
            status: 400,
            detail: 'One field is not valid.',
            requestId: expect.any(String),
            errors: [
              {
                pointer: '#/mediaMod',
                detail:
                  'is not one of mediaMode, archiveMode, location, archiveName, archiveResolution, e2ee',
              },
            ],
          },
          eventId: 'b1a4e7c2-9f0d-4c55-8d0b-3a1f5e6c7d80',
          reference: 'class-3',
          body: '{"mediaMod":"routed","reference":"class-3"}',
        },
      },
    ]);
  });

  testFile('create-session.pipe', async () => {
    expect(await invoke('create-session.pipe')).toEqual({
      answer: [
        anySession({ reference: 'class-1' }),
        anySession({ mediaMode: 'relayed', reference: 'class-2' }),
      ],
      results: [],
      source: 'pipes',
    });
  });

  testFile('issue-token.pipe', async () => {
    const { answer } = await invoke('issue-token.pipe');
    expect(answer).toMatchObject([
      { role: 'subscriber', reference: 'seat-1' },
      { role: 'publisher', reference: 'seat-2' },
    ]);
  });

  it('has a test above', () => {
    const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
    expect(files.toSorted()).toEqual([...tested].toSorted());
  });
});
