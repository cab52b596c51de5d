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
import { platformFaults } from '../../stand-ins/platform-faults.ts';
import { mintSessionId } from '../../stand-ins/session-id.ts';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { SECRET_ID } from '../support/drive.ts';
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
          reference: null,
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

  it.each<[string, object, string | null]>([
    [
      'with its reference',
      { rules: { S: '{"reference":"appointment-4711"}' } },
      'appointment-4711',
    ],
    ['of an empty reference', { rules: { S: '{"reference":""}' } }, ''],
    ['with other rules', { rules: { S: '{"admission":"closed"}' } }, null],
    ['with rules that cannot be read', { rules: { S: '{' } }, null],
    ['with a reference that is not text', { rules: { S: '{"reference":7}' } }, null],
    ['that has another session by now', { sessionId: { S: newSessionId() } }, null],
  ])('has the reference of a room %s', async (_, changed, reference) => {
    const { send, events, put } = await start();
    const session = about();
    const sessionId = { S: session.sessionId };
    const keys = { room: { S: 'ward' }, item: { S: 'room' }, roomSessionId: sessionId };
    await put({ ...keys, sessionId, rules: { S: '{"reference":"r"}' }, ...changed });
    await send(connectionCallback('connectionCreated', session, ada));
    expect(events()).toMatchObject([{ detail: { room: 'ward', reference } }]);
  });

  it('has the reference that a host has put since, a minute later or in another container', async () => {
    const { send, events, put, beside } = await start();
    const session = about();
    const sessionId = { S: session.sessionId };
    const keys = { room: { S: 'ward' }, item: { S: 'room' }, roomSessionId: sessionId, sessionId };
    await put({ ...keys, rules: { S: '{"reference":"first"}' } });
    await send(connectionCallback('connectionCreated', session, ada));
    await put({ ...keys, rules: { S: '{"reference":"second"}' } });
    await (await beside())(connectionCallback('connectionDestroyed', session, ada));
    expect(events().map(({ detail }) => detail['reference'])).toEqual(['first', 'second']);
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

  it('may be about an archive, with the project as a number', async () => {
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

  it('is one event when it is delivered three times, with a new signature each time', async () => {
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

describe('a new connection', () => {
  /** A room with a client; the callback about it has not arrived yet. */
  async function startWithClient(person: { sub: string } | null = { sub: 'ada' }) {
    const running = await start();
    const session = about();
    await running.putRoom('ward', session.sessionId);
    const data = person ? writeIdentity(person) : 'data of another service';
    const { id } = running.platform.connect(session.sessionId, { data });
    const described = { ...ada, connectionId: id, data };
    return {
      ...running,
      session,
      created: connectionCallback('connectionCreated', session, described),
      ban: (sub = 'ada') => running.ban('ward', { ...session, sub }),
      state: () => running.platform.connectionsOf(session.sessionId)[0]?.state,
      deletions: () => running.platform.requests.map(({ method, path }) => `${method} ${path}`),
      path: `/v2/project/${PROJECT_ID}/session/${encodeURIComponent(session.sessionId)}/connection/${id}`,
    };
  }

  it('of a banned person is published and disconnected', async () => {
    const { ban, send, created, deletions, path, state, events, logged } = await startWithClient();
    await ban();
    expect(await send(created)).toMatchObject({ status: 200, body: {} });
    expect(deletions()).toEqual([`DELETE ${path}`]);
    expect(state()).toBe('Disconnected');
    expect(events().map(({ type }) => type)).toEqual(['OpenTok Connection Created']);
    expect(logged.at(-1)).toContain('"participantsRemoved":1');
  });

  const notBanned: [who: string, person: { sub: string } | null, ban: string | undefined][] = [
    ['a person without a ban', { sub: 'ada' }, undefined],
    ['another person than the banned one', { sub: 'ada' }, 'eve'],
    ['an unknown person', null, 'ada'],
  ];
  it.each(notBanned)('of %s stays', async (_who, person, sub) => {
    const { ban, send, created, deletions, state, logged } = await startWithClient(person);
    if (sub !== undefined) await ban(sub);
    expect((await send(created)).status).toBe(200);
    expect(deletions()).toEqual([]);
    expect(state()).toBe('Connected');
    expect(logged.at(-1)).not.toContain('participantsRemoved');
  });

  it('stays if the ban is for an earlier session of the room', async () => {
    const { send, created, deletions, ...running } = await startWithClient();
    await running.put({
      ...{ room: { S: 'ward' }, item: { S: `ban#${toPersonId('ada')}` } },
      sessionId: { S: newSessionId() },
    });
    expect((await send(created)).status).toBe(200);
    expect(deletions()).toEqual([]);
  });

  it('of a banned person in a session without a room stays', async () => {
    const { ban, platform, send, deletions } = await startWithClient();
    await ban();
    const session = about();
    const { id } = platform.connect(session.sessionId);
    const elsewhere = connectionCallback('connectionCreated', session, {
      ...ada,
      connectionId: id,
    });
    expect((await send(elsewhere)).status).toBe(200);
    expect(deletions()).toEqual([]);
  });

  it.each(['connectionDestroyed', 'streamCreated'] as const)(
    'is the only callback that disconnects: %s does not',
    async (event) => {
      const { ban, send, session, created, deletions } = await startWithClient();
      await ban();
      const { connection } = created as { connection: object };
      const timestamp = Date.now();
      const other = { ...session, event, timestamp, connection, stream: { id: 's', connection } };
      expect((await send(other)).status).toBe(200);
      expect(deletions()).toEqual([]);
    },
  );

  it('of a banned person that has ended before the call is a success', async () => {
    const { ban, platform, session, send, created, deletions } = await startWithClient();
    await ban();
    for (const { id } of platform.connectionsOf(session.sessionId)) {
      platform.leave(session.sessionId, id);
    }
    expect((await send(created)).status).toBe(200);
    expect(deletions()).toHaveLength(1);
  });

  it('that cannot be disconnected is a 503, and the retry disconnects it without a second event', async () => {
    const { ban, platform, send, created, state, events, logged } = await startWithClient();
    await ban();
    platform.fail(platformFaults.unavailable, always);
    const { status, body, headers } = await send(created);
    expect({ status, type: body['type'] }).toEqual({
      status: 503,
      type: 'urn:opentok-sessions:platform-unavailable-error',
    });
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(state()).toBe('Connected');
    platform.recover();
    expect((await send(created)).status).toBe(200);
    expect(state()).toBe('Disconnected');
    expect(events()).toHaveLength(1);
    expect(logged.at(-1)).toContain('"participantsRemoved":1');
  });

  it('of a banned person is disconnected although the bus fails', async () => {
    const { ban, eventBridge, send, created, state, events } = await startWithClient();
    await ban();
    eventBridge.failEntries({ errorCode: 'ThrottlingException', times: 3 });
    expect((await send(created)).status).toBe(503);
    expect(state()).toBe('Disconnected');
    expect((await send(created)).status).toBe(200);
    expect(events()).toHaveLength(1);
  });

  it('of a banned person is disconnected with the new secret after a rotation', async () => {
    const { ban, platform, secretsManager, send, created, state } = await startWithClient();
    await ban();
    const rotated = { ...OPENTOK_SECRET, apiSecret: 'f'.repeat(40) };
    platform.setProject(rotated);
    secretsManager.setSecret(
      SECRET_ID,
      JSON.stringify({ ...rotated, callbackSecrets: CALLBACK_SECRETS }),
    );
    expect((await send(created)).status).toBe(200);
    expect(state()).toBe('Disconnected');
  });

  it('that the platform leaves without a response is an error within the time of the invocation', async () => {
    const { ban, platform, sendRaw, created, events } = await startWithClient();
    await ban();
    platform.fail({ kind: 'hang' }, always);
    const body = JSON.stringify(created);
    const startedMs = performance.now();
    expect((await sendRaw(body, bearer(body), 2_000)).status).toBe(504);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    expect(events()).toHaveLength(1);
  });
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
