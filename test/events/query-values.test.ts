import { describe, expect, it } from 'vitest';
import { readQueryValues } from '../../lib/events/query-values.ts';

describe('the values of a query parameter', () => {
  it.each<[form: string, event: Record<string, unknown>, values: string[]]>([
    ['2.0', { rawQueryString: 'a=1&e2ee=true' }, ['true']],
    ['2.0, encoded', { rawQueryString: '%652ee=tr%75e+' }, ['true ']],
    ['2.0, repeated', { rawQueryString: 'e2ee=true&e2ee=false' }, ['true', 'false']],
    ['2.0, without a value', { rawQueryString: 'e2ee' }, ['']],
    [
      '2.0, where both say something',
      { rawQueryString: 'e2ee=true&e2ee=x', queryStringParameters: { e2ee: 'true,x' } },
      ['true', 'x'],
    ],
    ['2.0, none', { rawQueryString: '' }, []],
    ['1.0', { queryStringParameters: { e2ee: 'true' } }, ['true']],
    [
      '1.0, repeated',
      {
        queryStringParameters: { e2ee: 'false' },
        multiValueQueryStringParameters: { e2ee: ['true', 'false'] },
      },
      ['true', 'false'],
    ],
    ['1.0, none', { queryStringParameters: null, multiValueQueryStringParameters: null }, []],
    ['of other types', { rawQueryString: 7, queryStringParameters: { e2ee: true } }, []],
    ['in a list of other types', { multiValueQueryStringParameters: { e2ee: [true, 'x'] } }, ['x']],
    ['of an event without any', {}, []],
  ])('in payload %s', (_form, event, values) => {
    expect(readQueryValues(event, 'e2ee')).toEqual(values);
  });

  it.each(['constructor', '__proto__', 'toString'])(
    'do not include inherited properties: %s',
    (name) => {
      const event = { queryStringParameters: {}, multiValueQueryStringParameters: {} };
      expect(readQueryValues(event, name)).toEqual([]);
    },
  );
});
