/**
 * Faults of the table, the bus and the platform at any point of any delivery, with callbacks duplicated and reordered:
 * no event is lost, no banned person stays in, and the list of who is connected is right.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeIdentity } from '../../lib/domain/identity.ts';
import { createConnectionStore } from '../../lib/live/table/connection-store.ts';
import { createRoomsTable } from '../../lib/rooms/table/rooms-table.ts';
import { connectionCallback } from '../../stand-ins/callbacks.ts';
import { dynamoFaults } from '../../stand-ins/dynamodb.ts';
import { eventFaults } from '../../stand-ins/event-bridge.ts';
import type { Fault as FaultOf } from '../../stand-ins/faults.ts';
import { platformFaults } from '../../stand-ins/platform-faults.ts';
import { createLocalAws } from '../support/local-aws.ts';
import {
  type Callbacks,
  newSessionId,
  PROJECT_ID,
  startCallbacks,
  TABLE,
} from './start-callbacks.ts';

let callbacks: Callbacks;
beforeAll(async () => {
  callbacks = await startCallbacks();
});
afterAll(() => callbacks.close());

const PEOPLE = ['ada', 'mallory', 'mallory'] as const;
const BANNED = 'mallory';
/** More than any delivery makes. */
const MOST_CALLS = 9;

type Fault =
  | { readonly at: 'table'; readonly call: number; readonly isLost: boolean }
  | { readonly at: 'bus' | 'platform' | 'nothing' };

interface Delivery {
  readonly person: number;
  readonly event: 'connectionCreated' | 'connectionDestroyed';
  readonly fault: Fault;
}

const delivery: fc.Arbitrary<Delivery> = fc.record({
  person: fc.nat(PEOPLE.length - 1),
  event: fc.constantFrom('connectionCreated' as const, 'connectionDestroyed' as const),
  fault: fc.oneof(
    fc.record({
      at: fc.constant('table' as const),
      call: fc.nat(MOST_CALLS),
      isLost: fc.boolean(),
    }),
    fc.record({ at: fc.constantFrom('bus' as const, 'platform' as const, 'nothing' as const) }),
  ),
});

/** Permanent errors, which are not retried within a delivery, or a response that is lost after its effect. */
function inject(fault: Fault): void {
  const { dynamoDb, eventBridge, platform } = callbacks;
  if (fault.at === 'bus') eventBridge.fail(eventFaults.accessDenied);
  if (fault.at === 'platform') platform.fail(platformFaults.badRequest);
  if (fault.at !== 'table') return;
  const asUsual: FaultOf = { kind: 'altered', alter: (usual) => usual };
  if (fault.call > 0) dynamoDb.fail(asUsual, { times: fault.call });
  dynamoDb.fail(fault.isLost ? { kind: 'truncated' } : dynamoFaults.accessDenied);
}

function recover(): void {
  for (const one of [callbacks.dynamoDb, callbacks.eventBridge, callbacks.platform]) one.recover();
}

it('loses no event and lets no banned person stay in, whatever fails', async () => {
  const { platform, send, putRoom, ban, eventBridge } = callbacks;
  const endpoint = callbacks.dynamoDb.url;
  const table = createRoomsTable(createLocalAws(), { table: TABLE, endpoint });
  const store = createConnectionStore(table);
  let failed = 0;
  let removed = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(delivery, { minLength: 1, maxLength: 8 }), async (history) => {
      const session = { sessionId: newSessionId(), projectId: PROJECT_ID, timestamp: Date.now() };
      const room = `room-${session.sessionId.slice(-12).toLowerCase().replaceAll('_', '-')}x`;
      await putRoom(room, session.sessionId);
      await ban(room, { ...session, sub: BANNED });
      const people = PEOPLE.map((sub) => {
        const data = writeIdentity({ sub });
        const { id: connectionId } = platform.connect(session.sessionId, { data });
        return { connectionId, createdAt: session.timestamp, data };
      });
      const before = eventBridge.events.length;
      const deliveries = new Map<string, number>();
      for (const { person, event, fault } of history) {
        const { connectionId, createdAt, data } = people[person] ?? expect.fail();
        const body = connectionCallback(event, session, { connectionId, createdAt, data });
        const key = `${event} ${connectionId}`;
        inject(fault);
        let { status } = await send(body);
        recover();
        deliveries.set(key, (deliveries.get(key) ?? 0) + 1);
        // The platform sends it again until it gets a 200.
        while (status !== 200) {
          failed += 1;
          expect(status).toBeGreaterThanOrEqual(500);
          ({ status } = await send(body));
          deliveries.set(key, (deliveries.get(key) ?? 0) + 1);
        }
      }
      const events = eventBridge.events.slice(before).map(({ detailType, detail }) => {
        const { id } = Object(detail['connection']);
        return `${detailType === 'OpenTok Connection Created' ? 'connectionCreated' : 'connectionDestroyed'} ${id}`;
      });
      for (const [key, times] of deliveries) {
        const published = events.filter((one) => one === key).length;
        expect(published).toBeGreaterThanOrEqual(1);
        expect(published).toBeLessThanOrEqual(times);
      }
      expect(new Set(events)).toEqual(new Set(deliveries.keys()));
      for (const [index, { connectionId }] of people.entries()) {
        const isReported = deliveries.has(`connectionCreated ${connectionId}`);
        const mustGo = PEOPLE[index] === BANNED && isReported;
        if (mustGo) removed += 1;
        const { state } = platform.findClient(connectionId) ?? {};
        expect(state).toBe(mustGo ? 'Disconnected' : 'Connected');
      }
      const present = await store.list(session.sessionId, () => 10_000);
      const expected = people
        .map(({ connectionId }) => connectionId)
        .filter((id) => deliveries.has(`connectionCreated ${id}`))
        .filter((id) => !deliveries.has(`connectionDestroyed ${id}`));
      expect(present.map(({ connectionId }) => connectionId).sort()).toEqual(expected.sort());
    }),
    { numRuns: 40 },
  );
  // The histories have hit both kinds of paths.
  expect(Math.min(failed, removed)).toBeGreaterThan(0);
}, 120_000);
