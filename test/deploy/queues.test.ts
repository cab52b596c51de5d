/** The queues of every combination of triggers, as the files in deploy/resources make them. */
import { describe, expect, it } from 'vitest';

const load = (file: string) => import(`../../deploy/resources/${file}.js`);
const { busName, roomBusName } = await load('results');
const parts = await Promise.all(
  ['request-queues', 'event-trigger', 'topic-trigger'].map((file) => load(file)),
);

const off = {
  eventTrigger: false,
  requestTopicArn: undefined,
  queueTrigger: false,
  roomEventTrigger: false,
  roomQueueTrigger: false,
  eventBus: 'default',
  resultBus: 'results',
  queueConcurrency: 5,
  reservedConcurrency: undefined,
};
type Values = { readonly [Name in keyof typeof off]: unknown };

async function build(changed: Partial<Values>) {
  const values = { ...off, ...changed };
  const context = {
    resolveConfigurationProperty: async ([name]: string[]) => (name === 'custom' ? values : 10),
    resolveVariable: async (name: string) => (name === 'self:service' ? 'opentok-sessions' : 'dev'),
  };
  const stacks = await Promise.all(parts.map(({ stack }) => stack(context)));
  const resources: Record<string, { Type: string; Properties: Record<string, unknown> }> =
    Object.assign({}, ...stacks.map(({ Resources }) => Resources));
  return { resources, buses: [await busName(context), await roomBusName(context)] };
}

const topic = 'arn:aws:sns:us-east-1:123456789012:requests';
const session = ['SessionRequests', 'SessionRequestsFailed'];
const room = ['RoomRequests', 'RoomRequestsFailed'];
const triggers: [changed: Partial<Values>, queues: string[]][] = [
  [{}, []],
  [{ eventTrigger: true }, session],
  [{ requestTopicArn: topic }, session],
  [{ queueTrigger: true }, session],
  [{ roomEventTrigger: true }, room],
  [{ roomQueueTrigger: true }, room],
  [{ requestTopicArn: topic, roomEventTrigger: true }, [...session, ...room]],
];

describe('a trigger', () => {
  it.each(triggers)('adds the queues of its function only: %j', async (changed, ids) => {
    const { resources, buses } = await build(changed);
    const queues = Object.entries(resources).filter(([, { Type }]) => Type === 'AWS::SQS::Queue');
    expect(queues.map(([id]) => id)).toEqual(ids);
    expect(buses).toEqual([
      ids.includes('SessionRequests') ? 'results' : '',
      ids.includes('RoomRequests') ? 'results' : '',
    ]);
  });

  it.each(triggers)('refers only to resources that exist: %j', async (changed) => {
    const { resources } = await build(changed);
    const names = JSON.stringify(resources).match(/"(?:Session|Room)Request\w+"/g) ?? [];
    for (const name of names) expect(resources).toHaveProperty(JSON.parse(name));
  });
});

describe('the concurrency of a queue', () => {
  it.each([
    [5, undefined, 5],
    [1000, undefined, 1000],
    [5, 10, 5],
    [5, 9, 4],
    [5, 5, 2],
    [5, 4, 2],
    [5, 2, 2],
    [2, 1, 2],
  ])(
    'is %i with reservedConcurrency=%s: %i',
    async (queueConcurrency, reservedConcurrency, MaximumConcurrency) => {
      const { resources } = await build({
        ...{ queueTrigger: true, roomQueueTrigger: true },
        ...{ queueConcurrency, reservedConcurrency },
      });
      for (const id of ['SessionRequestsMapping', 'RoomRequestsMapping']) {
        expect(resources[id]?.Properties['ScalingConfig']).toEqual({ MaximumConcurrency });
      }
    },
  );
});
