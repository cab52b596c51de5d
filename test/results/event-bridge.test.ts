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

describe('createPublisher', () => {
  it('publishes each result as one event', async () => {
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
    ['failed internally', eventFaults.internal],
    ['reset', { kind: 'reset' }],
  ])('publishes with a retry after a call was %s', async (_scenario, fault) => {
    eventBridge.fail(fault);
    await open()(result, () => 4_000);
    expect(eventBridge.events).toHaveLength(1);
  });

  it.each(['ThrottlingException', 'InternalFailure'])(
    'publishes with a retry after the entry failed with %s',
    async (errorCode) => {
      eventBridge.failEntries({ errorCode, times: 2 });
      await open()(result, () => 4_000);
      expect(eventBridge.events).toHaveLength(1);
    },
  );

  it('publishes on a new connection if the kept-alive one is closed', async () => {
    const publish = open();
    await publish(result, () => 4_000);
    eventBridge.fail({ kind: 'stale-keep-alive' });
    await publish(result, () => 4_000);
    expect(eventBridge.events).toHaveLength(2);
  });

  it('publishes with a retry after an attempt timed out', async () => {
    eventBridge.fail({ kind: 'hang' });
    await open()(result, () => 4_000);
    expect(eventBridge.events).toHaveLength(1);
  });
});

describe('createPublisher, failures', () => {
  it.each<[scenario: string, fault: StandInFault, reason: string]>([
    ['not allowed', eventFaults.accessDenied, 'AccessDeniedException'],
    ['throttled', eventFaults.throttling, 'ThrottlingException'],
    ['failed internally', eventFaults.internal, 'InternalFailure'],
    ['reset', { kind: 'reset' }, 'ECONNRESET'],
    ['incomplete', { kind: 'truncated' }, 'aborted'],
    ['not HTTP', { kind: 'garbage' }, 'Parse Error'],
    ['not JSON', { kind: 'answer', status: 200, body: '<html>' }, 'not valid JSON'],
    ['empty', { kind: 'answer', status: 200, body: '' }, 'not valid JSON'],
    ['a response without entries', { kind: 'answer', status: 200, body: '{}' }, 'was rejected'],
    ['a response of null', { kind: 'answer', status: 200, body: 'null' }, 'not valid JSON'],
  ])('logs the cause: %s', async (_scenario, fault, reason) => {
    eventBridge.fail(fault, always);
    const caught = await catchFault(() => open()(result, () => 4_000));
    expect(caught).toMatchObject({ name: 'ResultPublishError', isTransient: true });
    expect(caught.message).toBe('The result could not be published.');
    expect(caught.reason).toMatch(/^Publishing to the bus results failed: /);
    expect(caught.reason).toContain(reason);
    expect(caught.reason).not.toContain('Zoë');
  });

  it.each([
    ['ThrottlingException', 3],
    ['InternalFailure', 3],
    ['NotAuthorizedForSourceException', 1],
  ])('logs the cause of a rejected entry: %s, after %i attempts', async (errorCode, tries) => {
    eventBridge.failEntries({ errorCode, errorMessage: 'Zoë', ...always });
    const caught = await catchFault(() => open()(result, () => 4_000));
    expect(caught).toMatchObject({
      name: 'ResultPublishError',
      reason: `Publishing to the bus results failed: ${errorCode}: the entry was rejected`,
    });
    expect(eventBridge.events).toEqual([]);
    expect(eventBridge.counts.requests).toBe(tries);
  });

  it.each<[scenario: string, fault: StandInFault, cause: string]>([
    ['no response arrives', { kind: 'hang' }, 'timed out after 300 ms'],
    ['the response stalls', { kind: 'stall' }, 'timed out after 300 ms'],
    [
      'each response asks for a long pause',
      { ...eventFaults.throttling, headers: { 'retry-after': '30', 'x-amz-retry-after': '30000' } },
      'ThrottlingException',
    ],
  ])('fails in time if %s', async (_scenario, fault, cause) => {
    eventBridge.fail(fault, always);
    for (const leftMs of [800, 500, 400, -100]) {
      const startedMs = performance.now();
      const caught = await catchFault(() => open()(result, () => leftMs));
      expect(caught.name).toBe('ResultPublishError');
      expect(caught.reason).toContain(leftMs === 800 ? cause : 'no time left to start');
      expect(performance.now() - startedMs).toBeLessThan(2_000);
    }
  });
});
