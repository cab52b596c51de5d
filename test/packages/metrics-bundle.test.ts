/**
 * Log lines of the packaged functions, through the metric filters and alarms of the template.
 */
import { describe, expect, inject, it } from 'vitest';
import { toPersonId, writeIdentity } from '../../lib/domain/identity.ts';
import { madeUpProject } from '../../local/start-options.ts';
import {
  archiveCallback,
  connectionCallback,
  sessionCallback,
  signCallback,
} from '../../stand-ins/callbacks.ts';
import { startDynamoDb } from '../../stand-ins/dynamodb.ts';
import { platformFaults } from '../../stand-ins/platform-faults.ts';
import { secretFaults } from '../../stand-ins/secrets-manager.ts';
import { mintSessionId } from '../../stand-ins/session-id.ts';
import { callbackEvent } from '../live/start-callbacks.ts';
import { findRinging, nameMetric } from '../support/alarms.ts';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { httpApiEvent } from '../support/http-events.ts';
import { type FunctionName, type LambdaOptions, startLambda } from '../support/lambda.ts';
import { batch, sqsEvent } from '../support/message-events.ts';
import { toDataPoints } from '../support/metric-filter.ts';

const { fullTemplate } = inject('packaged');
const always = { times: Number.POSITIVE_INFINITY };
const json = { AWS_LAMBDA_LOG_FORMAT: 'JSON' };
const { apiKey } = madeUpProject as { apiKey: string };
const sessionId = `1_${Buffer.from(`1~${apiKey}~~1700000000000~x~~`).toString('base64url')}`;

const startOne = closedAfterEach((options: LambdaOptions & { name: FunctionName }) =>
  startLambda(options.name, { ...options, environment: { ...json, ...options.environment } }),
);
const startTable = closedAfterEach(() => startDynamoDb({ tables: ['Rooms'] }));

/** Returns the sums of a function's log lines, by `metric` or `metric/dimension`. */
function count(name: FunctionName, lines: readonly string[]): Record<string, number> {
  const group = `${name[0]?.toUpperCase()}${name.slice(1)}LogGroup`;
  const sums: Record<string, number> = {};
  for (const line of lines) {
    for (const { namespace, metric, dimensions, value } of toDataPoints(
      fullTemplate,
      group,
      JSON.parse(line),
    )) {
      expect(namespace).toBe('opentok-sessions/dev');
      expect(value, metric).not.toBeNaN();
      if (metric === 'Milliseconds') expect(dimensions).toEqual({ Function: name });
      else {
        const key = [metric, ...Object.values(dimensions)].join('/');
        sums[key] = (sums[key] ?? 0) + value;
      }
    }
  }
  return sums;
}

async function start(name: FunctionName, options: LambdaOptions = {}) {
  const lambda = await startOne({ ...options, name });
  const attempt = (event: unknown, timeoutMs?: number) =>
    lambda.invoke(event, timeoutMs).catch((error: Error) => error);
  return { ...lambda, attempt, counted: () => count(name, lambda.logged) };
}

describe('a session', () => {
  it('is counted for HTTP, direct invocations and each message', async () => {
    const { attempt, counted } = await start('createSession');
    await attempt(httpApiEvent());
    await attempt({});
    await attempt(sqsEvent([...batch(3), { id: 'x', body: '{' }]));
    expect(counted()).toEqual({
      SessionsCreated: 5,
      MessagesSucceeded: 3,
      MessagesRejected: 1,
      MessagesReturned: 0,
      'Faults/ValidationError': 1,
    });
  });

  it('is counted if a join creates it, not for an existing room', async () => {
    const dynamoDb = await startTable();
    const environment = { ROOMS_TABLE: 'Rooms', AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.url };
    const opening = await start('openRoom', { environment });
    await opening.attempt({ room: 'a' });
    await opening.attempt(sqsEvent([{ id: 'x', body: { room: 'a' } }]));
    expect(opening.counted()).toEqual({
      SessionsCreated: 1,
      MessagesSucceeded: 1,
      MessagesRejected: 0,
      MessagesReturned: 0,
    });
    const joining = await start('joinRoom', { environment });
    for (const role of ['publisher', 'subscriber', 'publisher']) {
      await joining.attempt({ room: 'b', role });
    }
    expect(joining.counted()).toEqual({
      SessionsCreated: 1,
      RoomsJoined: 3,
      TokensIssued: 3,
      'TokensIssued/publisher': 2,
      'TokensIssued/subscriber': 1,
    });
  });
});

describe('a guest', () => {
  it('is counted for joins, waits and wrong invites', async () => {
    const dynamoDb = await startTable();
    const environment = { ROOMS_TABLE: 'Rooms', AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.url };
    const { invoke } = await start('manageRoom', { environment });
    const invite = async (room: string, admission: string) => {
      await invoke({ action: 'putRoom', room, admission });
      return (await invoke({ action: 'createInvite', room }))['invite'];
    };
    const { attempt, counted } = await start('joinAsGuest', { environment });
    await attempt({ invite: await invite('open', 'open') });
    await attempt({ invite: await invite('guarded', 'knock') });
    await attempt({ invite: 'unknown' });
    expect(counted()).toEqual({
      RoomsJoined: 1,
      TokensIssued: 1,
      'TokensIssued/publisher': 1,
      CallersWaiting: 1,
      'Faults/InviteNotFoundError': 1,
      'FaultsThrown/joinAsGuest': 1,
    });
  });
});

describe('a token', () => {
  it('is counted, by role if it is the only one', async () => {
    const { attempt, counted } = await start('issueToken');
    await attempt({ sessionId, role: 'moderator' });
    await attempt([{ sessionId, role: 'moderator' }, { sessionId }, {}]);
    expect(counted()).toEqual({
      TokensIssued: 3,
      'TokensIssued/moderator': 1,
      MessagesSucceeded: 2,
      MessagesRejected: 1,
      MessagesReturned: 0,
      'Faults/ValidationError': 1,
    });
  });
});

describe('a callback', () => {
  const project = { apiKey: '123456', apiSecret: 'x'.repeat(40), callbackSecrets: ['secret'] };
  const session = { sessionId: mintSessionId({ projectId: '123456' }), projectId: '123456' };
  const sign = (body: string, secret = 'secret') => `Bearer ${signCallback(body, { secret })}`;

  async function startReceiver() {
    const dynamoDb = await startTable();
    const environment = {
      ...{ ROOMS_TABLE: 'Rooms', AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.url },
      EVENT_BUS_NAME: 'results',
    };
    const receiver = await start('receiveCallback', { project, environment });
    const send = (callback: object) => {
      const body = JSON.stringify(callback);
      return receiver.attempt(callbackEvent(body, sign(body)));
    };
    return { ...receiver, dynamoDb, send };
  }

  it('is counted by event, a duplicate once and another kind as other', async () => {
    const { send, counted } = await startReceiver();
    const person = { connectionId: 'c', createdAt: Date.now() };
    const created = connectionCallback('connectionCreated', session, person);
    await send(created);
    await send(created);
    await send(connectionCallback('connectionDestroyed', session, person));
    await send(archiveCallback(session));
    expect(counted()).toEqual({
      CallbacksReceived: 3,
      'CallbacksReceived/connectionCreated': 1,
      'CallbacksReceived/connectionDestroyed': 1,
      'CallbacksReceived/other': 1,
    });
  });

  it('of a banned person counts as one removed participant', async () => {
    const { send, counted, dynamoDb, platform } = await startReceiver();
    const { sessionId } = session;
    const put = (item: string, more: object = {}) =>
      dynamoDb.ask('PutItem', {
        TableName: 'Rooms',
        Item: { room: { S: 'ward' }, item: { S: item }, sessionId: { S: sessionId }, ...more },
      });
    await put('room', { roomSessionId: { S: sessionId } });
    await put(`ban#${toPersonId('mallory')}`);
    const data = writeIdentity({ sub: 'mallory' });
    const { id: connectionId } = platform.connect(sessionId, { data });
    const person = { connectionId, createdAt: Date.now(), data };
    await send(connectionCallback('connectionCreated', session, person));
    expect(counted()).toMatchObject({ ParticipantsRemoved: 1 });
  });

  const body = JSON.stringify(sessionCallback('sessionCreated', session));
  const foreign = body.replaceAll('123456', '654321');
  const hostile: [what: string, event: object, fault: string][] = [
    ['without signature', callbackEvent(body), 'CallbackUnsignedError'],
    ['forged', callbackEvent(body, sign(body, 'other')), 'UnauthenticatedError'],
    ['of another body', callbackEvent(body, sign('{}')), 'UnauthenticatedError'],
    ['malformed', callbackEvent('[]', sign('[]')), 'ValidationError'],
    ['foreign', callbackEvent(foreign, sign(foreign)), 'ForbiddenError'],
    ['too large', callbackEvent('x'.repeat(40_000), 'Bearer x'), 'PayloadTooLargeError'],
  ];
  it.each(hostile)('that is rejected because it is %s rings only its own alarm', async (...row) => {
    const [, event, fault] = row;
    const { attempt, logged } = await startReceiver();
    const answer = (await attempt(event)) as unknown as { readonly statusCode: number };
    const sums = count('receiveCallback', logged);
    expect(sums).toEqual({ CallbacksRejected: 1, [`Faults/${fault}`]: 1 });
    expect(logged.map((line) => JSON.parse(line).level)).toEqual(['INFO']);
    const access = { status: String(answer.statusCode), route: 'POST /callbacks' };
    const ofApi = toDataPoints(fullTemplate, 'HttpApiLogGroup', {
      ...access,
      integrationStatus: '200',
    });
    expect(ofApi).toEqual([]);
    // A flood of them, for a quarter of an hour.
    const flood = Object.keys(sums).map((name) => [
      nameMetric('opentok-sessions/dev', ...(name.split('/') as [string])),
      [999, 999, 999],
    ]);
    const api = ['4xx', '5xx', 'Count'].map((name) => [
      nameMetric('AWS/ApiGateway', name, 'HttpApi'),
      [999, 999, 999],
    ]);
    expect(findRinging(fullTemplate, Object.fromEntries([...flood, ...api]))).toEqual([
      'CallbacksRejectedAlarm',
    ]);
  });

  it('that API Gateway throttles rings only the same alarm', () => {
    const line = { status: '429', integrationStatus: '-', route: 'POST /callbacks' };
    const points = toDataPoints(fullTemplate, 'HttpApiLogGroup', line);
    expect(points.map(({ metric }) => metric)).toEqual(['CallbacksRejected']);
  });
});

describe('a run of closeRooms', () => {
  it('counts rooms that were emptied and rooms that were not, and the participants', () => {
    const counts = { roomsClosed: 2, roomsNotClosed: 0, participantsRemoved: 5 };
    const message = { function: 'closeRooms', message: 'rooms closed', outcome: 'succeeded' };
    const line = { message: { ...message, ...counts, source: 'direct', durationMs: 7 } };
    const points = toDataPoints(fullTemplate, 'CloseRoomsLogGroup', line);
    expect(Object.fromEntries(points.map(({ metric, value }) => [metric, value]))).toEqual({
      ...{ RoomsClosed: 2, RoomsNotClosed: 0, ParticipantsRemoved: 5, Milliseconds: 7 },
    });
  });
});

describe('a fault', () => {
  const functions: FunctionName[] = ['createSession', 'issueToken', 'inspectToken'];

  it.each(functions)('thrown by %s has a separate metric', async (name) => {
    const { attempt, counted } = await start(name);
    await attempt({ mediaMod: 'x' });
    await attempt(httpApiEvent({ body: { mediaMod: 'x' } }));
    const { [`FaultsThrown/${name}`]: thrown, ...faults } = counted();
    expect(thrown).toBe(1);
    expect(Object.values(faults).reduce((sum, value) => sum + value)).toBe(2);
  });

  it('of the credentials is counted for HTTP and messages', async () => {
    const { attempt, counted, platform } = await start('createSession');
    platform.fail(platformFaults.invalidSignature, always);
    await attempt(httpApiEvent());
    await attempt(sqsEvent(batch(2)));
    expect(counted()).toEqual({
      'Faults/CredentialsRefusedError': 2,
      MessagesSucceeded: 0,
      MessagesRejected: 0,
      MessagesReturned: 2,
    });
  });

  it('of a batch that cannot start is counted as thrown, not as a crash', async () => {
    const { attempt, counted } = await start('createSession', { environment: { SECRET_ID: '' } });
    const error = await attempt(sqsEvent(batch(2)));
    expect(error).toMatchObject({ name: 'ConfigurationError' });
    expect(counted()).toEqual({
      'Faults/ConfigurationError': 1,
      'FaultsThrown/createSession': 1,
    });
  });

  it('is not counted while a stale secret is used', async () => {
    const { attempt, counted, secretsManager } = await start('issueToken', {
      environment: { SECRET_TTL_SECONDS: '1' },
    });
    secretsManager.fail(secretFaults.internal, always);
    await expect
      .poll(
        async () => {
          await attempt({ sessionId });
          return counted()['StaleSecretServed'];
        },
        { timeout: 25_000, interval: 200 },
      )
      .toBe(1);
    expect(Object.keys(counted()).filter((key) => key.startsWith('Faults'))).toEqual([]);
  });
});

describe('the platform log of Lambda', () => {
  const report = (record: object) =>
    JSON.stringify({
      time: '2026-11-24T12:00:00.000Z',
      type: 'platform.report',
      record: { requestId: 'r', metrics: { durationMs: 12.3, billedDurationMs: 13 }, ...record },
    });

  it('counts failures and cold starts', () => {
    const lines = [
      report({ status: 'success' }),
      report({ status: 'success', metrics: { durationMs: 1, initDurationMs: 100.5 } }),
      report({ status: 'timeout' }),
      report({ status: 'error', errorType: 'Runtime.OutOfMemory' }),
      report({ status: 'failure', errorType: 'Runtime.ExitError' }),
    ];
    expect(count('issueToken', lines)).toEqual({
      ColdStartMilliseconds: 100.5,
      'InvocationsFailed-issueToken': 3,
    });
  });

  it('fires the alarm for a crash, not for a rejected request', async () => {
    const { attempt, logged } = await start('issueToken');
    await attempt({ sessionId: 'x' });
    const ringing = (lines: readonly string[], errors: number) => {
      const sums = Object.entries(count('issueToken', lines));
      const metrics = sums.map(([name, sum]) => [nameMetric('opentok-sessions/dev', name), [sum]]);
      return findRinging(fullTemplate, {
        ...Object.fromEntries(metrics),
        [nameMetric('AWS/Lambda', 'Errors', 'IssueTokenLambdaFunction')]: [errors],
      });
    };
    const refused = [...logged, report({ status: 'error' })];
    expect(ringing(refused, 1)).toEqual([]);
    const crashed = [report({ status: 'timeout' }), report({ status: 'failure' })];
    expect(ringing([...refused, ...crashed], 3)).toEqual(['IssueTokenCrashAlarm']);
  });
});

describe('the access log of the API', () => {
  it.each([
    ['429', '-', ['ApiRequests', 'ApiServed', 'ApiThrottled']],
    // The function itself has rejected a guest.
    ['429', '200', ['ApiRequests', 'ApiServed']],
    ['400', '200', ['ApiRequests', 'ApiServed']],
    ['201', '200', ['ApiRequests', 'ApiServed']],
    ['503', '-', ['ApiRequests', 'ApiServed', 'ApiFaulted']],
  ])('with status %s and Lambda status %s counts as %j', (status, ofLambda, metrics) => {
    const { Format } =
      fullTemplate.Resources['HttpApiStage']?.Properties['AccessLogSettings'] ?? {};
    const text = Format.replace('$context.status', status);
    const line = JSON.parse(text.replace('$context.integration.integrationStatus', ofLambda));
    const points = toDataPoints(fullTemplate, 'HttpApiLogGroup', line);
    expect(points.map(({ metric }) => metric)).toEqual(metrics);
  });
});
