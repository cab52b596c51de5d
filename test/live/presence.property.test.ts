/**
 * Who is connected, after any history of callbacks: duplicated, delayed, reordered and lost ones, against a small
 * model that knows what the platform did.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createConnectionStore } from '../../lib/live/table/connection-store.ts';
import { createRoomsTable } from '../../lib/rooms/table/rooms-table.ts';
import { connectionCallback, sessionCallback } from '../../stand-ins/callbacks.ts';
import { createLocalAws } from '../support/local-aws.ts';
import { type Callbacks, newSessionId, PROJECT_ID, startCallbacks } from './start-callbacks.ts';

let callbacks: Callbacks;
beforeAll(async () => {
  callbacks = await startCallbacks();
});
afterAll(() => callbacks.close());

const START_MS = 1_700_000_000_000;
const CONNECTIONS = ['c-0', 'c-1', 'c-2', 'c-3'];

type Step =
  | { readonly kind: 'created' | 'destroyed'; readonly id: string }
  | { readonly kind: 'ended'; readonly at: number; readonly isRotation: boolean };

const connection = fc.constantFrom(...CONNECTIONS);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('created' as const), id: connection }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('destroyed' as const), id: connection }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('ended' as const),
      at: fc.integer({ min: 0, max: CONNECTIONS.length }),
      isRotation: fc.boolean(),
    }),
  },
);

const createdAt = (id: string) => START_MS + CONNECTIONS.indexOf(id) * 1000;

/** Present are those reported as created, and neither destroyed nor older than an end of the session. */
function findPresent(history: readonly Step[]): string[] {
  const has = (kind: Step['kind'], id: string) =>
    history.some((one) => one.kind === kind && 'id' in one && one.id === id);
  const endedAt = Math.max(
    ...history.map((one) =>
      one.kind === 'ended' && !one.isRotation ? START_MS + one.at * 1000 : 0,
    ),
  );
  return CONNECTIONS.filter(
    (id) => has('created', id) && !has('destroyed', id) && createdAt(id) >= endedAt,
  );
}

function toCallback(sessionId: string, one: Step): object {
  const session = { sessionId, projectId: PROJECT_ID, timestamp: START_MS + 60_000 };
  if (one.kind === 'ended') {
    const reason = one.isRotation ? 'serverRotation' : undefined;
    const timestamp = START_MS + one.at * 1000;
    return sessionCallback('sessionDestroyed', { ...session, timestamp }, { reason });
  }
  const person = { connectionId: one.id, createdAt: createdAt(one.id) };
  const event = one.kind === 'created' ? 'connectionCreated' : 'connectionDestroyed';
  return connectionCallback(event, session, person);
}

const MAX_DELIVERIES = 5;

/** Delivers a callback as the platform does: again after a 5xx. @returns how often */
async function deliver(body: object): Promise<number> {
  for (let deliveries = 1; deliveries <= MAX_DELIVERIES; deliveries += 1) {
    const { status } = await callbacks.send(body);
    if (status === 200) return deliveries;
    expect(status).toBeGreaterThanOrEqual(500);
  }
  return expect.fail(`The callback was not accepted in ${MAX_DELIVERIES} deliveries.`);
}

it('lists who is connected after any history of callbacks, and publishes each callback once', async () => {
  const table = createRoomsTable(createLocalAws(), {
    table: 'Rooms',
    endpoint: callbacks.dynamoDb.url,
  });
  const store = createConnectionStore(table);
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 10 }),
      fc.boolean(),
      async (history, isConcurrent) => {
        const sessionId = newSessionId();
        const before = callbacks.eventBridge.events.length;
        const bodies = history.map((one) => toCallback(sessionId, one));
        const deliveries: number[] = [];
        if (isConcurrent) deliveries.push(...(await Promise.all(bodies.map(deliver))));
        else for (const body of bodies) deliveries.push(await deliver(body));
        const present = await store.list(sessionId, () => 10_000);
        expect(present.map(({ connectionId }) => connectionId)).toEqual(findPresent(history));
        const distinct = new Set(bodies.map((body) => JSON.stringify(body)));
        const events = callbacks.eventBridge.events.length - before;
        // A delivery that a busy machine cut off may have published its event, so the next one repeats it.
        if (deliveries.every((count) => count === 1)) expect(events).toBe(distinct.size);
        else expect(events).toBeGreaterThanOrEqual(distinct.size);
      },
    ),
    { numRuns: 20 },
  );
}, 120_000);
