/** Invalid input over HTTP. test/fuzz has random input. */
import { expect } from 'vitest';
import { OPENTOK_SECRET, sessionIds } from '../support/fixtures.ts';
import {
  type HttpCall,
  type HttpEvent,
  httpApiEvent,
  restApiEvent,
} from '../support/http-events.ts';
import { verifyHs256 } from '../support/verify-token.ts';
import { type FaultCase, type Seen, succeeds } from './fault-case.ts';

const invalid: Seen = { status: 400, type: 'validation-error' };
const tooLarge: Seen = { status: 413, type: 'payload-too-large-error' };
const notJson: Seen = { status: 415, type: 'unsupported-media-type-error' };
const MIB_6 = 6 * 1024 * 1024;

const FAULT_NAMES: Readonly<Record<string, string>> = {
  'validation-error': 'ValidationError',
  'payload-too-large-error': 'PayloadTooLargeError',
  'unsupported-media-type-error': 'UnsupportedMediaTypeError',
  'unauthenticated-error': 'UnauthenticatedError',
};

/** Builds a case for `issueToken`; a caller's mistake is logged at level info. */
function tokenCase(injected: string, event: HttpEvent, seen: Seen): FaultCase {
  const fault = seen.type === undefined ? undefined : FAULT_NAMES[seen.type];
  return {
    injected,
    calls: 'issueToken',
    event,
    seen,
    logged: [fault === undefined ? { level: 'info' } : { level: 'info', fault }],
  };
}

const sessionId = sessionIds.openTok;
const ask = (call: HttpCall) => httpApiEvent({ sessionId, ...call });
/** Sends a text that JSON.stringify would not produce. */
const raw = (body: string) => ask({ body });
const changed = (fields: object) => ({ ...ask({ body: {} }), ...fields });
const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const detail = (text: string): Seen => ({ ...invalid, detail: text });

export const bodyCases: readonly FaultCase[] = [
  tokenCase('a body of 6 MB', raw(' '.repeat(MIB_6)), tooLarge),
  tokenCase('a body of 6 MB in base64', ask({ body: Buffer.alloc(MIB_6, 0x20) }), tooLarge),
  tokenCase('a body nested 16,000 deep', raw(deep(16_000)), invalid),
  tokenCase('data nested 10,000 deep', raw(`{"data":${deep(10_000)}}`), invalid),
  {
    ...tokenCase('a repeated field: the last one counts', raw('{"data":1,"data":"x"}'), succeeds),
    after: (_stage, { token }) =>
      expect(verifyHs256(String(token), OPENTOK_SECRET.apiSecret)).toHaveProperty(
        'connection_data',
        'x',
      ),
  },
  tokenCase('a lone surrogate', raw('{"data":"\\ud800"}'), invalid),
  tokenCase('a lone surrogate that is not escaped', raw('{"data":"\ud800"}'), invalid),
  {
    ...tokenCase('a NUL in data', raw('{"data":"a\\u0000b"}'), succeeds),
    after: (_stage, { token }) =>
      expect(verifyHs256(String(token), OPENTOK_SECRET.apiSecret)).toHaveProperty(
        'connection_data',
        'a\0b',
      ),
  },
  tokenCase('a NUL outside a string', raw('{}\0'), detail('not valid JSON')),
  tokenCase('a BOM before the JSON', raw('\ufeff{}'), detail('not valid JSON')),
  tokenCase(
    'a BOM before the JSON, in base64',
    ask({ body: Buffer.from('\ufeff{}') }),
    detail('not valid JSON'),
  ),
  tokenCase('bytes that are not UTF-8', ask({ body: Buffer.from([0x22, 0xff, 0x22]) }), invalid),
  tokenCase('a field named __proto__', raw('{"__proto__":{"role":"moderator"}}'), invalid),
  tokenCase('a field named constructor', raw('{"constructor":{"prototype":{}}}'), invalid),
  tokenCase('a field of the wrong type', raw('{"role":["publisher"]}'), invalid),
  tokenCase('a field that is null', raw('{"role":null}'), invalid),
  tokenCase('2,000 unknown fields', raw(`{${unknownFields(2_000)}}`), detail('50 fields')),
];

function unknownFields(count: number): string {
  return Array.from({ length: count }, (_, index) => `"x${index}":0`).join();
}

export const eventCases: readonly FaultCase[] = [
  tokenCase('an event with headers null', changed({ headers: null }), succeeds),
  tokenCase('an event with headers that are a string', changed({ headers: 'x: y' }), succeeds),
  tokenCase('an event with a body that is an object', changed({ body: {} }), invalid),
  tokenCase('an event with a body that is a number', changed({ body: 1 }), invalid),
  tokenCase('an event with isBase64Encoded "true"', changed({ isBase64Encoded: 'true' }), succeeds),
  tokenCase('an event without path parameters', changed({ pathParameters: null }), succeeds),
  tokenCase(
    'an event without a session id',
    changed({ pathParameters: {}, rawPath: '/' }),
    invalid,
  ),
  tokenCase(
    'an event with a session id that is an object',
    changed({ pathParameters: { sessionId: {} }, rawPath: 1 }),
    invalid,
  ),
  tokenCase('an event with requestContext null', changed({ requestContext: null }), {
    status: 401,
    type: 'unauthenticated-error',
  }),
  tokenCase(
    'an event with only a route and a path',
    { routeKey: 'POST /sessions', rawPath: '/sessions' },
    {
      status: 401,
      type: 'unauthenticated-error',
    },
  ),
  tokenCase(
    'a header name in capitals',
    changed({ headers: { 'CONTENT-TYPE': 'text/plain' } }),
    notJson,
  ),
  tokenCase(
    'a repeated header: the last one counts',
    {
      ...restApiEvent({ sessionId, body: {} }),
      headers: null,
      multiValueHeaders: { 'Content-Type': ['application/json', 'text/plain'] },
    },
    notJson,
  ),
  tokenCase(
    'a header with values that are not strings',
    changed({ headers: {}, multiValueHeaders: { 'content-type': [null, {}] } }),
    succeeds,
  ),
];
