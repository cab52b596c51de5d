import { afterEach, describe, expect, it } from 'vitest';
import { dynamoFaults } from '../../stand-ins/dynamodb.ts';
import { statusFault } from '../../stand-ins/platform-faults.ts';
import type { StartOptions } from '../support/drive.ts';
import { type RunningRooms, startRooms, TABLE } from './start-rooms.ts';

const ALWAYS = { times: Number.POSITIVE_INFINITY };
const ROOM = 'class-7b-2026-11-23';

let rooms: RunningRooms | undefined;

afterEach(() => rooms?.close());

async function start(options: StartOptions = {}): Promise<RunningRooms> {
  rooms = await startRooms('openRoom', options);
  return rooms;
}

/** A batch as Lambda's poller hands it over; text is sent as it is. */
function sqsEvent(...bodies: (object | string)[]) {
  return {
    Records: bodies.map((body, index) => ({
      messageId: `message-${index}`,
      receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a...',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      attributes: { ApproximateReceiveCount: '1', SentTimestamp: '1700000000999' },
      messageAttributes: {},
      md5OfBody: '9bb58f26192e4ba00f01e2e7b136bbd8',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:eu-west-1:123456789012:rooms',
      awsRegion: 'eu-west-1',
    })),
  };
}

function eventBridgeEvent(detail: unknown, id = '17793124-05d4-b198-2fde-7ededc63b103') {
  return {
    version: '0',
    id,
    'detail-type': 'OpenTok Room Requested',
    source: 'timetable',
    account: '123456789012',
    time: '2023-11-14T22:13:20Z',
    region: 'eu-west-1',
    resources: [],
    detail,
  };
}

describe('a message that opens a room', () => {
  it('creates it ahead of time, and the result tells its session', async () => {
    const { invoke, eventBridge, items, platform } = await start();
    const message = { room: ROOM, session: { mediaMode: 'routed' }, reference: 'lesson 4' };
    expect(await invoke(sqsEvent(message))).toEqual({ batchItemFailures: [] });
    const [item] = await items();
    expect(eventBridge.events).toEqual([
      expect.objectContaining({
        eventBusName: 'results',
        source: 'opentok-sessions',
        detailType: 'OpenTok Room Opened',
        detail: {
          room: {
            name: ROOM,
            sessionId: item?.['sessionId']?.['S'],
            mediaMode: 'routed',
            archiveMode: 'manual',
            location: null,
            e2ee: false,
            apiKey: '123456',
            createdAt: expect.stringMatching(/Z$/),
            ...{
              opensAt: null,
              closesAt: null,
              admission: 'open',
              defaultRole: null,
              reference: null,
              maxParticipants: null,
              disconnectAtClose: false,
            },
            etag: expect.stringMatching(/^"[\w-]{22}"$/),
          },
          eventId: 'message-0',
          reference: 'lesson 4',
        },
      }),
    ]);
    expect(platform.counts.requests).toBe(1);
  });

  it('may come from EventBridge', async () => {
    const { invoke, eventBridge } = await start();
    await invoke(eventBridgeEvent({ room: ROOM }));
    expect(eventBridge.events).toMatchObject([
      {
        detailType: 'OpenTok Room Opened',
        detail: { room: { name: ROOM }, eventId: '17793124-05d4-b198-2fde-7ededc63b103' },
      },
    ]);
  });

  it('delivered again changes nothing and tells the same session', async () => {
    const { invoke, eventBridge, items, platform } = await start();
    for (let delivery = 0; delivery < 3; delivery += 1) await invoke(sqsEvent({ room: ROOM }));
    const sessions = eventBridge.events.map(({ detail }) => Object(detail['room']).sessionId);
    expect(sessions).toHaveLength(3);
    expect(new Set(sessions).size).toBe(1);
    expect(await items()).toHaveLength(1);
    expect(platform.counts.requests).toBe(1);
  });

  it('several times in one batch makes one session', async () => {
    const { invoke, eventBridge, platform } = await start();
    const batch = Array.from({ length: 10 }, () => ({ room: ROOM }));
    expect(await invoke(sqsEvent(...batch))).toEqual({ batchItemFailures: [] });
    const sessions = eventBridge.events.map(({ detail }) => Object(detail['room']).sessionId);
    expect([sessions.length, new Set(sessions).size]).toEqual([10, 1]);
    expect(platform.counts.requests).toBe(1);
  });

  it('opens a room again that was closed just now', async () => {
    const { invoke, dynamoDb, items } = await start();
    await invoke(sqsEvent({ room: ROOM }));
    await dynamoDb.ask('DeleteItem', {
      TableName: TABLE,
      Key: { room: { S: ROOM }, item: { S: 'room' } },
    });
    await invoke(sqsEvent({ room: ROOM }));
    expect(await items()).toHaveLength(1);
  });

  it('is delivered again after a crash between session and room, and makes the room then', async () => {
    const { invoke, dynamoDb, eventBridge, items, platform } = await start();
    dynamoDb.fail({ kind: 'delay', delayMs: 0 });
    dynamoDb.fail(dynamoFaults.throttling, ALWAYS);
    const message = sqsEvent({ room: ROOM });
    expect(await invoke(message)).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-0' }] });
    expect([await items(), eventBridge.events]).toEqual([[], []]);
    dynamoDb.recover();
    expect(await invoke(message)).toEqual({ batchItemFailures: [] });
    expect(await items()).toHaveLength(1);
    expect(platform.counts.requests).toBe(2);
  });
});

describe('a message that cannot be obeyed', () => {
  it.each([
    ['has no valid name', { room: 'a b' }, 'validation-error'],
    ['has a field too many', { room: ROOM, role: 'moderator' }, 'validation-error'],
    ['has a session that cannot be', { room: ROOM, session: { e2ee: true } }, 'validation-error'],
    ['is not JSON', '{', 'validation-error'],
  ])('because it %s is answered so and not delivered again', async (_why, body, type) => {
    const { invoke, eventBridge, items } = await start();
    expect(await invoke(sqsEvent(body))).toEqual({ batchItemFailures: [] });
    expect(eventBridge.events).toMatchObject([
      {
        detailType: 'OpenTok Room Failed',
        detail: {
          problem: { type: `urn:opentok-sessions:${type}` },
          eventId: 'message-0',
          body: typeof body === 'string' ? body : JSON.stringify(body),
        },
      },
    ]);
    expect(await items()).toEqual([]);
  });

  it('because the room has other options names them', async () => {
    const { invoke, eventBridge } = await start();
    await invoke(sqsEvent({ room: ROOM }));
    await invoke(eventBridgeEvent({ room: ROOM, session: { mediaMode: 'routed' } }));
    expect(eventBridge.events[1]).toMatchObject({
      detailType: 'OpenTok Room Failed',
      detail: {
        problem: {
          status: 409,
          errors: [{ pointer: '#/session/mediaMode', detail: 'the room has "relayed"' }],
        },
      },
    });
  });

  it('leaves the others of its batch alone', async () => {
    const { invoke, eventBridge, items, platform } = await start();
    platform.fail(statusFault(404));
    const ended = await invoke(sqsEvent({ room: 'one' }, { room: '' }));
    expect(ended).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-0' }] });
    expect(eventBridge.events).toMatchObject([{ detailType: 'OpenTok Room Failed' }]);
    expect(await items()).toEqual([]);
  });
});

describe('a message that may succeed later', () => {
  it('comes back to EventBridge as a thrown error, by name', async () => {
    const { invoke, dynamoDb, eventBridge } = await start();
    dynamoDb.fail(dynamoFaults.throttling, ALWAYS);
    await expect(invoke(eventBridgeEvent({ room: ROOM }))).rejects.toMatchObject({
      name: 'RoomStoreUnavailableError',
    });
    expect(eventBridge.events).toEqual([]);
  });

  it('comes back because its room’s item is malformed, and the log names it', async () => {
    const { invoke, dynamoDb, logged } = await start();
    await dynamoDb.ask('PutItem', {
      TableName: TABLE,
      Item: { room: { S: ROOM }, item: { S: 'room' } },
    });
    expect(await invoke(sqsEvent({ room: ROOM }))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-0' }],
    });
    expect(logged.join()).toContain(`The item of room ${ROOM} is malformed: sessionId.`);
  });
});

describe('a direct order to open a room', () => {
  it('answers the room', async () => {
    const { invoke } = await start();
    expect(await invoke({ room: ROOM })).toMatchObject({ name: ROOM, apiKey: '123456' });
  });

  it('over HTTP is not possible', async () => {
    const { ask } = await start();
    expect((await ask('POST /rooms/standup/tokens')).status).toBe(400);
  });
});

describe('invites that are made together with a room', () => {
  const request = { room: ROOM, invites: [{ name: 'Ada' }, { maxGuests: 30, role: 'subscriber' }] };

  it('are in the result event with inviteResults=true', async () => {
    const { invoke, eventBridge, items } = await start({ environment: { INVITE_RESULTS: 'true' } });
    expect(await invoke(sqsEvent(request))).toEqual({ batchItemFailures: [] });
    const [event] = eventBridge.events;
    expect(event?.detail).toMatchObject({
      room: { name: ROOM },
      invites: [
        { name: 'Ada', maxGuests: 1, invite: expect.stringMatching(`^${ROOM}[.]`) },
        { maxGuests: 30, role: 'subscriber', invite: expect.any(String) },
      ],
    });
    expect((await items()).map(({ item }) => item?.['S']?.split('#')[0]).sort()).toEqual([
      ...['invite', 'invite', 'room'],
    ]);
  });

  it('are refused for good where it does not, and no room is opened for them', async () => {
    const { invoke, eventBridge, items } = await start();
    expect(await invoke(sqsEvent(request))).toEqual({ batchItemFailures: [] });
    expect(eventBridge.events[0]?.detail).toMatchObject({
      problem: {
        errors: [{ pointer: '#/invites', detail: expect.stringContaining('inviteResults=true') }],
      },
      body: JSON.stringify(request),
    });
    expect(await items()).toEqual([]);
  });

  it('are in the response to direct callers in any deployment', async () => {
    const { invoke, eventBridge, logged } = await start();
    const answer = Object(await invoke(request));
    expect(answer).toMatchObject({ name: ROOM, invites: [{ name: 'Ada' }, { maxGuests: 30 }] });
    expect(eventBridge.events).toEqual([]);
    for (const { invite } of answer.invites) {
      expect(logged.join()).not.toContain(String(invite).split('.').at(-1));
    }
  });

  it('are created again when the message is delivered twice, and both are valid', async () => {
    const { invoke, eventBridge, items } = await start({ environment: { INVITE_RESULTS: 'true' } });
    for (const _ of [1, 2]) await invoke(sqsEvent(request));
    const secrets = eventBridge.events.flatMap(({ detail }) =>
      Object(detail).invites.map(({ invite }: { invite: string }) => invite),
    );
    expect(new Set(secrets).size).toBe(4);
    expect(await items()).toHaveLength(5);
  });

  it.each<[what: string, invites: unknown, pointer: string]>([
    ['no list', {}, '#/invites'],
    ['a list that is too long', new Array(51).fill({}), '#/invites'],
    ['one that is wrong', [{}, { maxGuests: 0 }], '#/invites/1/maxGuests'],
    ['one that is not an object', ['ada'], '#/invites/0'],
  ])('are not made of %s', async (_what, invites, pointer) => {
    const { invoke, items } = await start();
    const failing = invoke({ room: ROOM, invites });
    await expect(failing).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(failing).rejects.toThrow(pointer);
    expect(await items()).toEqual([]);
  });

  it('are refused with every fault of every one of them', async () => {
    const { invoke, eventBridge } = await start({ environment: { INVITE_RESULTS: 'true' } });
    const invites = [{ maxGuests: 0, name: '' }, {}, { role: 'host' }];
    await invoke(sqsEvent({ room: 'no room', invites }));
    expect(Object(eventBridge.events[0]?.detail).problem.errors).toMatchObject([
      ...[{ pointer: '#/room' }, { pointer: '#/invites/0/maxGuests' }],
      ...[{ pointer: '#/invites/0/name' }, { pointer: '#/invites/2/role' }],
    ]);
  });

  it('are limited in number in every deployment', async () => {
    const { invoke } = await start({ environment: { INVITE_RESULTS: 'yes' } });
    await expect(invoke({ room: ROOM })).rejects.toMatchObject({ name: 'ConfigurationError' });
  });
});
