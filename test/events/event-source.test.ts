import { describe, expect, it } from 'vitest';
import { recognizeEvent } from '../../lib/events/event-source.ts';
import { httpDoors } from '../http-events.ts';

const source = (event: unknown) => recognizeEvent(event).source;

describe('an event', () => {
  it.each(httpDoors)('of %s is HTTP', (_door, buildEvent) => {
    expect(source(buildEvent())).toBe('http');
  });

  it.each(['requestContext', 'httpMethod', 'routeKey', 'rawPath'])(
    'with nothing left but %s is still HTTP, and so never trusted as a direct one',
    (field) => {
      for (const value of ['x', null, undefined, 7, {}, []]) {
        expect(source({ [field]: value })).toBe('http');
      }
    },
  );

  it('of HTTP stays HTTP when other shapes are mixed into it', () => {
    const mixed = { id: 'x', source: 'x', 'detail-type': 'x', detail: {}, Records: [{}] };
    for (const [, buildEvent] of httpDoors) {
      expect(source({ ...buildEvent(), ...mixed })).toBe('http');
    }
  });

  it.each<[scenario: string, event: unknown]>([
    ['an empty object', {}],
    ['a request', { mediaMode: 'routed' }],
    ['null', null],
    ['nothing', undefined],
    ['text', 'requestContext'],
    ['a number', 7],
    ['fields that it only inherits', Object.create({ requestContext: {} })],
    ['an own __proto__ that looks like HTTP', JSON.parse('{"__proto__":{"requestContext":{}}}')],
  ])('that is %s is a direct request', (_scenario, event) => {
    expect(source(event)).toBe('direct');
  });
});
