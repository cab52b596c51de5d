/** The function of callbacks: responses, events, deduplication, and what rejected callbacks cost. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toPersonId, writeIdentity } from '../../lib/domain/identity.ts';
import {
  archiveCallback,
  connectionCallback,
  sessionCallback,
  signCallback,
} from '../../stand-ins/callbacks.ts';
import { dynamoFaults } from '../../stand-ins/dynamodb.ts';
import { mintSessionId } from '../../stand-ins/session-id.ts';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { OPENTOK_SECRET } from '../support/fixtures.ts';
import { CALLBACK_SECRETS, newSessionId, PROJECT_ID, startCallbacks } from './start-callbacks.ts';

const start = closedAfterEach(startCallbacks);
const always = { times: Number.POSITIVE_INFINITY };

const about = (sessionId = newSessionId()) => ({ sessionId, projectId: PROJECT_ID });
const ada = {
  connectionId: 'c-1',
  createdAt: 1_700_000_000_000,
  data: writeIdentity({ sub: 'ada', name: 'Ada' }),
};
const bearer = (body: string | Uint8Array, secret: string = CALLBACK_SECRETS[0]) =>
  `Bearer ${signCallback(body, { secret })}`;

describe('an accepted callback', () => {
  it('becomes one event with the room and the person', async () => {
    const { send, events, putRoom, eventBridge } = await start();
    const session = about();
    await putRoom('ward', session.sessionId);
    const callback = connectionCallback('connectionCreated', session, ada);
    const { status, body } = await send(callback);
    expect({ status, body }).toEqual({ status: 200, body: {} });
    expect(events()).toEqual([
      {
        type: 'OpenTok Connection Created',
        detail: {
          sessionId: session.sessionId,
          room: 'ward',
          timestamp: (callback as { timestamp: number }).timestamp,
          participantId: toPersonId('ada'),
          connection: { id: 'c-1', createdAt: ada.createdAt, sub: 'ada', name: 'Ada', data: null },
        },
      },
    ]);
    expect(eventBridge.events[0]).toMatchObject({
      source: 'opentok-sessions',
      eventBusName: 'results',
    });
  });

  it('still names the room after it was closed', async () => {
    const { send, events, putRoom, dynamoDb, beside } = await start();
    const session = about();
    await putRoom('ward', session.sessionId);
    await send(sessionCallback('sessionCreated', session));
    const Key = { room: { S: 'ward' }, item: { S: 'room' } };
    await dynamoDb.ask('DeleteItem', { TableName: 'Rooms', Key });
    const sendToOther = await beside();
    await sendToOther(sessionCallback('sessionDestroyed', session));
    expect(events().map(({ detail }) => detail['room'])).toEqual(['ward', 'ward']);
  });

  it('may be about an archive, whose project is a number', async () => {
    const { send, events } = await start();
    const callback = archiveCallback({ ...about(), projectId: Number(PROJECT_ID) });
    expect((await send(callback)).status).toBe(200);
    expect(events()).toMatchObject([
      { type: 'OpenTok Callback Received', detail: { room: null, body: callback } },
    ]);
  });

  it('may be signed with either secret, and arrive as base64', async () => {
    const { send, sendRaw, events } = await start();
    const [, next] = CALLBACK_SECRETS;
    expect((await send(sessionCallback('sessionCreated', about()), { secret: next })).status).toBe(
      200,
    );
    const bytes = Buffer.from(
      JSON.stringify({ ...sessionCallback('sessionCreated', about()), name: 'Zoë' }),
    );
    expect((await sendRaw(bytes, bearer(bytes))).status).toBe(200);
    expect(events()).toHaveLength(2);
  });

  it('is one event when it is delivered three times, signed anew each time', async () => {
    const { send, events } = await start();
    const callback = sessionCallback('sessionCreated', about());
    for (const issued of [0, 60, 3600]) {
      const issuedAtSeconds = Math.floor(Date.now() / 1000) - issued;
      expect((await send(callback, { issuedAtSeconds })).status).toBe(200);
    }
    expect(events()).toHaveLength(1);
  });

  it('is one event when several containers receive it at once', async () => {
    const { send, beside, events } = await start();
    const containers = [send, await beside(), await beside()];
    const callback = sessionCallback('sessionCreated', about());
    const answers = await Promise.all([...containers, ...containers].map((to) => to(callback)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(events()).toHaveLength(1);
  });
});

describe('a failure', () => {
  it('of the bus is a 503, and the next delivery publishes the event', async () => {
    const { send, events, eventBridge } = await start();
    const callback = sessionCallback('sessionCreated', about());
    eventBridge.failEntries({ errorCode: 'ThrottlingException', times: 3 });
    const { status, body } = await send(callback);
    expect({ status, type: body['type'] }).toEqual({
      status: 503,
      type: 'urn:opentok-sessions:result-publish-error',
    });
    expect(events()).toEqual([]);
    expect((await send(callback)).status).toBe(200);
    expect(events()).toHaveLength(1);
  });

  it('of the table is a 503 without an event, and the next delivery publishes it', async () => {
    const { send, events, dynamoDb } = await start();
    const callback = connectionCallback('connectionCreated', about(), ada);
    dynamoDb.fail(dynamoFaults.accessDenied, { times: 1 });
    expect((await send(callback)).status).toBe(500);
    dynamoDb.fail(dynamoFaults.internal, always);
    expect((await send(callback)).status).toBe(503);
    dynamoDb.recover();
    expect(events()).toEqual([]);
    expect((await send(callback)).status).toBe(200);
    expect(events()).toHaveLength(1);
  });

  it('of the container between claim and event is made up for by the next delivery', async () => {
    const { send, events, items, put } = await start();
    const callback = sessionCallback('sessionCreated', about());
    await send(callback);
    const claim = (await items()).find(({ state }) => state?.['S'] === 'published');
    // What a container that crashed leaves behind.
    const crashed = { state: { S: 'claimed' }, claimedBy: { S: 'crashed' } };
    await put({ ...claim, ...crashed, claimedUntilMs: { N: String(Date.now() + 500) } });
    expect((await send(callback)).status).toBe(200);
    expect(events()).toHaveLength(2);
  });

  it.each(['dynamoDb', 'eventBridge'] as const)(
    'to answer of %s ends within the time of the invocation',
    async (service) => {
      const { sendRaw, ...running } = await start();
      running[service].fail({ kind: 'hang' }, always);
      const body = JSON.stringify(connectionCallback('connectionCreated', about(), ada));
      const startedMs = performance.now();
      expect((await sendRaw(body, bearer(body), 1_500)).status).toBe(503);
      expect(performance.now() - startedMs).toBeLessThan(1_500);
    },
  );
});

describe('a rejected callback', () => {
  const session = about();
  const text = JSON.stringify(sessionCallback('sessionCreated', session));
  const other = mintSessionId({ projectId: '87654321' });
  const json = (value: unknown) => JSON.stringify(value);

  const rows: [
    what: string,
    status: number,
    body: string | Uint8Array,
    authorization: string | undefined,
  ][] = [
    ['without signature', 503, text, undefined],
    ['with an empty signature', 503, text, 'Bearer'],
    ['signed with another secret', 401, text, bearer(text, 'other')],
    [
      'signed with the API secret',
      401,
      text,
      bearer(text, '1234567890abcdef1234567890abcdef1234567890'),
    ],
    [
      'signed with alg none',
      401,
      text,
      `Bearer ${signCallback(text, { secret: CALLBACK_SECRETS[0], alg: 'none' })}`,
    ],
    ['signed for another body', 401, `${text} `, bearer(text)],
    [
      'written again after it was signed',
      401,
      json({ ...JSON.parse(text), more: 1 }),
      bearer(text),
    ],
    [
      'with white space that was not signed',
      401,
      JSON.stringify(JSON.parse(text), undefined, 1),
      bearer(text),
    ],
    [
      'signed 24 hours and a minute ago',
      401,
      text,
      `Bearer ${signCallback(text, { secret: CALLBACK_SECRETS[0], issuedAtSeconds: Math.floor(Date.now() / 1000) - 86_460 })}`,
    ],
    [
      'signed in six minutes',
      401,
      text,
      `Bearer ${signCallback(text, { secret: CALLBACK_SECRETS[0], issuedAtSeconds: Math.floor(Date.now() / 1000) + 360 })}`,
    ],
    ['with another scheme', 401, text, 'Basic YTpi'],
    ['of text', 400, 'hello', bearer('hello')],
    ['of a list', 400, '[]', bearer('[]')],
    ['of an empty object', 400, '{}', bearer('{}')],
    ['of nothing, but signed', 400, '', bearer('')],
    [
      'of another project',
      403,
      json({ sessionId: other, projectId: '87654321' }),
      bearer(json({ sessionId: other, projectId: '87654321' })),
    ],
    [
      'with our project and a session of another one',
      403,
      json({ sessionId: other, projectId: PROJECT_ID }),
      bearer(json({ sessionId: other, projectId: PROJECT_ID })),
    ],
    ['of 32 KiB and a byte', 413, 'x'.repeat(32 * 1024 + 1), bearer('x')],
    ['of 1 MB, signed', 413, randomBytes(1024 * 1024), 'Bearer a.b.c'],
  ];

  it.each(rows)('%s is a %i that calls nothing', async (_what, status, body, authorization) => {
    const { sendRaw, dynamoDb, eventBridge, platform, secretsManager, logged } = await start();
    const readBefore = secretsManager.counts.requests;
    const answer = await sendRaw(body, authorization);
    expect(answer.status).toBe(status);
    expect(answer.headers['retry-after']).toBe(status === 503 ? '5' : undefined);
    expect(answer.headers['www-authenticate']).toBe(status === 401 ? 'Bearer' : undefined);
    expect([dynamoDb, eventBridge, platform].map(({ counts }) => counts.requests)).toEqual([
      0, 0, 0,
    ]);
    expect(secretsManager.counts.requests).toBe(readBefore);
    expect(JSON.stringify([answer.body, logged])).not.toContain(CALLBACK_SECRETS[0]);
  });

  it('of the portal, empty and unsigned, is a 200 without effect', async () => {
    const { sendRaw, dynamoDb, eventBridge } = await start();
    const { status, body } = await sendRaw('');
    expect({ status, body }).toEqual({ status: 200, body: {} });
    expect([dynamoDb, eventBridge].map(({ counts }) => counts.requests)).toEqual([0, 0]);
  });

  it.each([{}, { callbackSecrets: [] }, { callbackSecrets: 'one' }])(
    'for lack of callbackSecrets is a 503 with a configuration error in the log: %j',
    async (secret) => {
      const { sendRaw, logged } = await start({ ...OPENTOK_SECRET, ...secret });
      const { status, body, headers } = await sendRaw(text, bearer(text));
      expect({ status, type: body['type'], retryAfter: headers['retry-after'] }).toEqual({
        status: 503,
        type: 'urn:opentok-sessions:configuration-error',
        retryAfter: '60',
      });
      expect(logged.at(-1)).toMatch(/"fault":"ConfigurationError".*callbackSecrets/);
    },
  );
});
