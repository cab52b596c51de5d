import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterEach, describe, expect, it } from 'vitest';
import { localAws } from '../../stand-ins/aws-environment.ts';
import { type EventBridge, eventFaults, startEventBridge } from '../../stand-ins/event-bridge.ts';

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((standIn) => standIn.close()));
});

async function start(): Promise<EventBridge> {
  const standIn = await startEventBridge();
  open.push(standIn);
  return standIn;
}

const entry = {
  EventBusName: 'results',
  Source: 'opentok-sessions',
  DetailType: 'SessionCreated',
  Detail: '{"sessionId":"1_a"}',
};

/** A detail with so many levels inside. */
const nest = (depth: number) => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;

function publish(standIn: EventBridge, entries: object[]) {
  const client = new EventBridgeClient({
    region: localAws.region,
    endpoint: standIn.url,
    credentials: localAws,
    maxAttempts: 1,
  });
  return client.send(new PutEventsCommand({ Entries: entries })).finally(() => client.destroy());
}

describe('the stand-in for EventBridge', () => {
  it('records events and gives each an id', async () => {
    const standIn = await start();
    const result = await publish(standIn, [entry, { ...entry, EventBusName: undefined }]);
    expect(result.FailedEntryCount).toBe(0);
    expect(result.Entries?.map(({ EventId }) => EventId)).toEqual(
      standIn.events.map(({ eventId }) => eventId),
    );
    expect(standIn.events).toMatchObject([
      {
        eventBusName: 'results',
        source: 'opentok-sessions',
        detailType: 'SessionCreated',
        detail: { sessionId: '1_a' },
      },
      { eventBusName: 'default' },
    ]);
  });

  it.each([
    ['InvalidArgument', 'without a source', { ...entry, Source: undefined }],
    ['MalformedDetail', 'with a detail that is not JSON', { ...entry, Detail: 'text' }],
    ['MalformedDetail', 'with a detail that is not an object', { ...entry, Detail: '[]' }],
    ['MalformedDetail', 'of more than 1000 levels', { ...entry, Detail: nest(1000) }],
    [
      'MalformedDetail',
      'with an integer beyond 64 bits',
      { ...entry, Detail: `{"a":${2n ** 63n}}` },
    ],
  ])('refuses with %s an entry %s and takes the others', async (ErrorCode, _title, bad) => {
    const standIn = await start();
    const result = await publish(standIn, [bad, entry]);
    expect(result).toMatchObject({
      FailedEntryCount: 1,
      Entries: [{ ErrorCode }, { EventId: expect.any(String) }],
    });
    expect(standIn.events).toHaveLength(1);
  });

  it.each([
    ['1000 levels', nest(999)],
    ['the largest integers', `{"a":[${2n ** 63n - 1n},${-(2n ** 63n)},1e30,-0.5E-3]}`],
    ['brackets and digits in texts', JSON.stringify({ a: '['.repeat(2_000), ['9'.repeat(30)]: 1 })],
  ])('takes %s', async (_title, Detail) => {
    const standIn = await start();
    expect((await publish(standIn, [{ ...entry, Detail }])).FailedEntryCount).toBe(0);
  });

  it('fails single entries when told to', async () => {
    const standIn = await start();
    standIn.failEntries({ errorCode: 'ThrottlingException', times: 2 });
    const result = await publish(standIn, [entry, entry, entry]);
    expect(result.FailedEntryCount).toBe(2);
    expect(standIn.events).toHaveLength(1);
  });

  it.each([
    ['AccessDeniedException', eventFaults.accessDenied],
    ['ThrottlingException', eventFaults.throttling],
    ['InternalFailure', eventFaults.internal],
  ])('fails the whole call with %s when told to', async (name, fault) => {
    const standIn = await start();
    standIn.fail(fault);
    await expect(publish(standIn, [entry])).rejects.toMatchObject({ name });
    expect(standIn.events).toEqual([]);
  });

  it('refuses more than ten entries', async () => {
    const standIn = await start();
    const eleven = Array.from({ length: 11 }, () => entry);
    await expect(publish(standIn, eleven)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});
