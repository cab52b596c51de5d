import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPublisher } from '../../lib/results/event-bridge.ts';
import { type EventBridge, eventFaults, startEventBridge } from '../../stand-ins/event-bridge.ts';
import type { Fault as StandInFault } from '../../stand-ins/faults.ts';
import { catchFault } from '../support/faults.ts';
import { createLocalAws } from '../support/local-aws.ts';

const result = { type: 'OpenTok Session Created', detail: { eventId: 'e', text: 'Zoë 🎥' } };
const always = { times: Number.POSITIVE_INFINITY };

let eventBridge: EventBridge;
beforeEach(async () => {
  eventBridge = await startEventBridge();
});
afterEach(async () => {
  await eventBridge.close();
});

const open = () =>
  createPublisher(createLocalAws(), { busName: 'results', endpoint: eventBridge.url });

describe('a result', () => {
  it('is published on the bus, as its own event', async () => {
    const publish = open();
    await publish(result, () => 4_000);
    await publish({ type: 'OpenTok Session Failed', detail: { eventId: 'f' } }, () => 2_000);
    expect(eventBridge.events).toMatchObject([
      { eventBusName: 'results', source: 'opentok-sessions', detailType: result.type },
      { detailType: 'OpenTok Session Failed', detail: { eventId: 'f' } },
    ]);
    expect(eventBridge.events[0]?.detail).toEqual(result.detail);
    expect(eventBridge.counts).toMatchObject({ requests: 2, connections: 1 });
  });

  it.each<[scenario: string, fault: StandInFault]>([
    ['throttled', eventFaults.throttling],
    ['failed inside', eventFaults.internal],
    ['cut off', { kind: 'reset' }],
  ])('is published all the same after a call was %s', async (_scenario, fault) => {
    eventBridge.fail(fault);
    await open()(result, () => 4_000);
    expect(eventBridge.events).toHaveLength(1);
  });

  it.each(['ThrottlingException', 'InternalFailure'])(
    'is published all the same after its entry met %s',
    async (errorCode) => {
      eventBridge.failEntries({ errorCode, times: 2 });
      await open()(result, () => 4_000);
      expect(eventBridge.events).toHaveLength(1);
    },
  );

  it('is published all the same when the kept-alive connection has died', async () => {
    const publish = open();
    await publish(result, () => 4_000);
    eventBridge.fail({ kind: 'stale-keep-alive' });
    await publish(result, () => 4_000);
    expect(eventBridge.events).toHaveLength(2);
  });

  it('is published all the same when a connection leads nowhere', async () => {
    eventBridge.fail({ kind: 'hang' });
    await open()(result, () => 4_000);
    expect(eventBridge.events).toHaveLength(1);
  });
});

describe('a result that cannot be published', () => {
  it.each<[scenario: string, fault: StandInFault, reason: string]>([
    ['not allowed', eventFaults.accessDenied, 'AccessDeniedException'],
    ['throttled', eventFaults.throttling, 'ThrottlingException'],
    ['failed inside', eventFaults.internal, 'InternalFailure'],
    ['cut off', { kind: 'reset' }, 'ECONNRESET'],
    ['broken off', { kind: 'truncated' }, 'aborted'],
    ['not HTTP', { kind: 'garbage' }, 'Parse Error'],
    ['no JSON', { kind: 'answer', status: 200, body: '<html>' }, 'not valid JSON'],
    ['empty', { kind: 'answer', status: 200, body: '' }, 'not valid JSON'],
    ['an answer without entries', { kind: 'answer', status: 200, body: '{}' }, 'not accepted'],
    ['an answer of null', { kind: 'answer', status: 200, body: 'null' }, 'not valid JSON'],
  ])('says why: %s', async (_scenario, fault, reason) => {
    eventBridge.fail(fault, always);
    const caught = await catchFault(() => open()(result, () => 4_000));
    expect(caught).toMatchObject({ name: 'ResultPublishError', isTransient: true });
    expect(caught.message).toBe('The result could not be published.');
    expect(caught.reason).toMatch(/^Publishing on the bus results failed: /);
    expect(caught.reason).toContain(reason);
    expect(caught.reason).not.toContain('Zoë');
  });

  it.each([
    ['ThrottlingException', 3],
    ['InternalFailure', 3],
    ['NotAuthorizedForSourceException', 1],
  ])(
    'says why when the call went through and the entry did not: %s, after %i tries',
    async (errorCode, tries) => {
      eventBridge.failEntries({ errorCode, errorMessage: 'Zoë', ...always });
      const caught = await catchFault(() => open()(result, () => 4_000));
      expect(caught).toMatchObject({
        name: 'ResultPublishError',
        reason: `Publishing on the bus results failed: ${errorCode}: the entry was not accepted`,
      });
      expect(eventBridge.events).toEqual([]);
      expect(eventBridge.counts.requests).toBe(tries);
    },
  );

  it.each<[scenario: string, fault: StandInFault, late: string]>([
    ['nothing comes', { kind: 'hang' }, 'not done within 300 ms'],
    ['the answer stalls', { kind: 'stall' }, 'not done within 300 ms'],
    [
      'each call is told to come back much later',
      { ...eventFaults.throttling, headers: { 'retry-after': '30', 'x-amz-retry-after': '30000' } },
      'ThrottlingException',
    ],
  ])('is given up in time when %s', async (_scenario, fault, late) => {
    eventBridge.fail(fault, always);
    for (const leftMs of [800, 500, 400, -100]) {
      const startedMs = performance.now();
      const caught = await catchFault(() => open()(result, () => leftMs));
      expect(caught.name).toBe('ResultPublishError');
      const why = leftMs === 800 ? late : 'no time was left to begin';
      expect(caught.reason).toContain(why);
      expect(performance.now() - startedMs).toBeLessThan(2_000);
    }
  });
});
