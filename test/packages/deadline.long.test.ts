/**
 * Every response arrives before Lambda's timeout: the packaged functions, with their services hanging,
 * stalling or slow, for any event and any remaining time.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mapConcurrently } from '../../lib/domain/map-concurrently.ts';
import { startDynamoDb } from '../../stand-ins/dynamodb.ts';
import type { Fault } from '../../stand-ins/faults.ts';
import { platformFaults, statusFault } from '../../stand-ins/platform-faults.ts';
import { secretFaults } from '../../stand-ins/secrets-manager.ts';
import { mintSessionId } from '../../stand-ins/session-id.ts';
import { EXAMPLE_INSPECTED_TOKEN } from '../../tools/openapi/texts/inspect-request.ts';
import { guestEvent, roomEvent } from '../rooms/room-events.ts';
import { storeInvite } from '../rooms/stored-invite.ts';
import { sessionIds } from '../support/fixtures.ts';
import { httpApiEvent } from '../support/http-events.ts';
import { type FunctionName, LambdaError, startLambda } from '../support/lambda.ts';
import { eventBridgeEvent, pipeEvent, snsEvent, sqsEvent } from '../support/message-events.ts';

const TABLE = 'Rooms';
/** Number of concurrent functions: they wait much more than they compute. */
const AT_ONCE = 20;
const RANDOM_WORLDS = 20;

const always = { times: Number.POSITIVE_INFINITY };

const silence: fc.Arbitrary<Fault> = fc.oneof(
  fc.constant<Fault>({ kind: 'hang' }),
  fc.constant<Fault>({ kind: 'stall' }),
  fc.integer({ min: 20, max: 3_000 }).map((delayMs): Fault => ({ kind: 'delay', delayMs })),
);
const comeBackLater = statusFault(503, { 'retry-after': '30', 'x-amz-retry-after': '30000' });
const healthyOr = (...faults: Fault[]) =>
  fc.option(fc.oneof(silence, fc.constantFrom(comeBackLater, ...faults)), { freq: 1 });

/** Callbacks are signed, and `closeRooms` has no request, so they have separate tests (test/packages). */
type TestedName = Exclude<FunctionName, 'receiveCallback' | 'closeRooms'>;

const doors = {
  createSession: ['http', 'direct', 'pipes', 'eventbridge', 'sns', 'sqs'],
  inspectToken: ['http', 'direct', 'pipes'],
  issueToken: ['http', 'direct', 'pipes'],
  joinRoom: ['http', 'direct', 'pipes'],
  joinAsGuest: ['http', 'direct', 'pipes'],
  manageRoom: ['http', 'direct', 'pipes'],
  openRoom: ['direct', 'pipes', 'eventbridge', 'sns', 'sqs'],
} as const satisfies Record<TestedName, readonly string[]>;
const door = fc.oneof(
  ...Object.entries(doors).map(([name, sources]) =>
    fc.record({ name: fc.constant(name as TestedName), source: fc.constantFrom(...sources) }),
  ),
);

const world = door.chain(({ name, source }) =>
  fc.record({
    name: fc.constant(name),
    source: fc.constant(source),
    // Messages are not started with less than 4 seconds left.
    leftMs: ['eventbridge', 'sns', 'sqs'].includes(source)
      ? fc.oneof(
          { weight: 1, arbitrary: fc.integer({ min: 600, max: 4_000 }) },
          { weight: 4, arbitrary: fc.integer({ min: 4_050, max: 4_600 }) },
        )
      : fc.integer({ min: 600, max: 2_000 }),
    batch: fc.integer({ min: 1, max: 10 }),
    isOneRoom: fc.boolean(),
    /** Whether the table has the rooms, of another project. */
    hasForeignRooms: fc.boolean(),
    /** Whether the container has the secret in its cache when the services begin to fail. */
    isWarm: fc.boolean(),
    secretsManager: healthyOr(),
    platform: healthyOr(platformFaults.invalidSignature),
    dynamoDb: healthyOr(),
    eventBridge: healthyOr(),
  }),
);
type World = typeof world extends fc.Arbitrary<infer Value> ? Value : never;

/** The services of each function. */
const SERVICES = {
  createSession: ['secretsManager', 'platform'],
  inspectToken: ['secretsManager'],
  issueToken: ['secretsManager'],
  joinRoom: ['secretsManager', 'platform', 'dynamoDb'],
  joinAsGuest: ['secretsManager', 'dynamoDb'],
  manageRoom: ['secretsManager', 'platform', 'dynamoDb'],
  openRoom: ['secretsManager', 'platform', 'dynamoDb'],
} as const satisfies Record<TestedName, readonly string[]>;

const healthy = { secretsManager: null, platform: null, dynamoDb: null, eventBridge: null };

/** Each service hanging alone, for every function, with little time left. */
const alone = Object.entries(SERVICES).flatMap(([name, services]) =>
  services.flatMap((service) =>
    [true, false].flatMap((isWarm) =>
      // Only functions with rooms use the table.
      (name.endsWith('Room') || name === 'joinAsGuest' ? [true, false] : [false]).map(
        (hasForeignRooms): World => ({
          ...{ name: name as TestedName, source: 'pipes', leftMs: 700, batch: 3 },
          ...{ isWarm, hasForeignRooms, isOneRoom: true, ...healthy, [service]: { kind: 'hang' } },
        }),
      ),
    ),
  ),
);

/** Regressions: cases that once exceeded the deadline. */
const found: readonly World[] = [
  {
    ...{ name: 'openRoom', source: 'sqs', leftMs: 4_500, batch: 10, isOneRoom: true },
    ...{ isWarm: false, hasForeignRooms: false, ...healthy, secretsManager: { kind: 'hang' } },
  },
  {
    ...{ name: 'joinRoom', source: 'http', leftMs: 1_500, batch: 1, isOneRoom: true },
    ...{ isWarm: false, hasForeignRooms: false, ...healthy, secretsManager: { kind: 'hang' } },
  },
];

/** A guest's invite, to a room that exists or to one that does not. */
const invites = new Map<World, string>();

function bodyOf(asked: World, index: number): object {
  const { name, isOneRoom } = asked;
  if (name === 'joinAsGuest') return { invite: invites.get(asked) ?? '' };
  if (name === 'createSession') return {};
  if (name === 'issueToken') return { sessionId: sessionIds.openTok };
  if (name === 'inspectToken') return { token: EXAMPLE_INSPECTED_TOKEN };
  const room = isOneRoom ? 'room-0' : `room-${index}`;
  return name === 'manageRoom' ? { action: 'putRoom', room } : { room };
}

function eventOf(asked: World): unknown {
  const bodies = Array.from({ length: asked.batch }, (_, index) => bodyOf(asked, index));
  const [first = {}] = bodies;
  switch (asked.source) {
    case 'http':
      if (asked.name === 'manageRoom') return roomEvent('PUT /rooms/room-0');
      if (asked.name === 'joinAsGuest') return guestEvent({ body: first });
      if (asked.name === 'joinRoom') return roomEvent('POST /rooms/room-0/tokens');
      if (asked.name === 'inspectToken') {
        return httpApiEvent({ path: '/tokens/inspect', body: first });
      }
      return httpApiEvent(asked.name === 'issueToken' ? { sessionId: sessionIds.openTok } : {});
    case 'direct':
      return first;
    case 'pipes':
      return pipeEvent(bodies);
    case 'eventbridge':
      return eventBridgeEvent(first);
    case 'sns':
      return snsEvent(first);
    case 'sqs':
      return sqsEvent(bodies.map((body, index) => ({ id: `message-${index}`, body })));
  }
}

/** A loaded function with failing services. */
interface Loaded {
  /** @throws Error if the function exceeds its deadline */
  invoke(): Promise<void>;
  close(): Promise<void>;
}

async function load(asked: World): Promise<Loaded> {
  const dynamoDb = await startDynamoDb({ tables: [TABLE] });
  if (asked.hasForeignRooms) {
    for (let index = 0; index < asked.batch; index += 1) {
      await dynamoDb.ask('PutItem', { TableName: TABLE, Item: foreignRoom(`room-${index}`) });
    }
  }
  if (asked.name === 'joinAsGuest') {
    const sessionId = foreignRoom('room-0').sessionId.S;
    const room = { ...foreignRoom('room-0'), sessionId: { S: sessionId } };
    if (asked.hasForeignRooms) await dynamoDb.ask('PutItem', { TableName: TABLE, Item: room });
    invites.set(asked, await storeInvite(dynamoDb, { room: 'room-0', sessionId }));
  }
  const lambda = await startLambda(asked.name, {
    environment: { ROOMS_TABLE: TABLE, AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.url },
    prepare: ({ secretsManager }) => {
      if (!asked.isWarm) secretsManager.fail(secretFaults.accessDenied, always);
    },
  });
  lambda.secretsManager.recover();
  for (const [standIn, fault] of [
    [lambda.secretsManager, asked.secretsManager],
    [lambda.platform, asked.platform],
    [lambda.eventBridge, asked.eventBridge],
    [dynamoDb, asked.dynamoDb],
  ] as const) {
    if (fault) standIn.fail(fault, always);
  }
  return {
    invoke: async () => {
      try {
        await lambda.invoke(eventOf(asked), asked.leftMs);
      } catch (error) {
        // An error of the function counts as a response; the stand-in's timeout error does not.
        if (!(error instanceof LambdaError)) throw error;
      }
    },
    close: async () => {
      await lambda.close();
      await dynamoDb.close();
    },
  };
}

function foreignRoom(name: string) {
  return {
    room: { S: name },
    item: { S: 'room' },
    sessionId: { S: mintSessionId({ projectId: '999999' }) },
    projectId: { S: '999999' },
    options: { S: '{}' },
    createdAt: { N: '1600000000' },
  };
}

/** Returns the cases without a response in time. */
async function findLate(worlds: readonly World[]): Promise<readonly World[]> {
  const late: World[] = [];
  for (let next = 0; next < worlds.length; next += AT_ONCE) {
    const some = worlds.slice(next, next + AT_ONCE);
    // All are loaded before the first is invoked: loading takes processor time, waiting does not.
    const loaded = await mapConcurrently(some, load, { limit: 4 });
    const ends = await Promise.allSettled(loaded.map((one) => one?.invoke()));
    for (const [index, { status }] of ends.entries()) {
      const asked = some[index];
      if (status === 'rejected' && asked) late.push(asked);
    }
    await Promise.all(loaded.map((one) => one?.close()));
  }
  return late;
}

/** Repeats late cases alone: a busy machine delays a case once, a missing deadline each time. */
async function findLateAlone(worlds: readonly World[]): Promise<readonly World[]> {
  let late = (await findLate(worlds)).slice(0, 5);
  for (let tries = 0; tries < 3; tries += 1) {
    const lateAlone = await mapConcurrently(late, (one) => findLate([one]), { limit: 1 });
    late = lateAlone.flatMap((one) => one ?? []);
  }
  return late;
}

describe('an invocation', () => {
  it('responds before the deadline if any one service hangs', async () => {
    expect(await findLateAlone([...found, ...alone])).toEqual([]);
  }, 180_000);

  it('responds before the deadline if any services hang, stall or are slow', async () => {
    const worlds = fc.array(world, { minLength: RANDOM_WORLDS, maxLength: RANDOM_WORLDS });
    await fc.assert(
      fc.asyncProperty(worlds, async (some) => {
        expect(await findLateAlone(some)).toEqual([]);
      }),
      // Not shrunk: every failing case is reported.
      { numRuns: 1, endOnFailure: true },
    );
  }, 180_000);
});
