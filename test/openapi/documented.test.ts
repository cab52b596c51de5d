/** All responses in tests pass `assertDocumented`. This proves that it notices undocumented ones. */
import { describe, expect, it } from 'vitest';
import { toHttpResponse, toProblemResponse } from '../../lib/events/http-response.ts';
import { EXAMPLE_REQUEST_ID, exampleFault } from '../../tools/openapi/texts/problem.ts';
import { exampleSession } from '../../tools/openapi/texts/session.ts';
import { assertDocumented, assertResultDocumented } from '../support/documented.ts';
import { httpApiEvent } from '../support/http-events.ts';

const created = toHttpResponse(201, exampleSession);
const refused = problem('ValidationError');
const event = httpApiEvent();

describe('assertDocumented', () => {
  it.each([
    ['a success', created],
    ['a problem', refused],
  ])('accepts %s', (_, answer) => {
    expect(() => assertDocumented('createSession', event, answer)).not.toThrow();
  });

  it.each([
    ['another status', toHttpResponse(200, exampleSession), 'status 200'],
    ['a problem of other routes', problem('RoomConflictError'), 'status 409'],
    [
      'an additional field',
      toHttpResponse(201, { ...exampleSession, id: 1 }),
      'additional properties',
    ],
    ['no project', toHttpResponse(201, { ...exampleSession, apiKey: undefined }), 'exactly one'],
    ['an additional header', withHeader('x-id', '1'), 'header x-id is not documented'],
    ['another header value', withHeader('cache-control', 'private'), 'header cache-control'],
    ['another type', withHeader('content-type', 'text/plain'), 'text/plain is not documented'],
    ['no body', { ...created, headers: {}, body: '' }, 'a body is documented'],
  ])('rejects a response with %s', (_, answer, words) => {
    expect(() => assertDocumented('createSession', event, answer)).toThrow(words);
  });
});

describe('assertResultDocumented', () => {
  const published = {
    ...{ eventId: '1', eventBusName: 'results', source: 'opentok-sessions', resources: [] },
    detailType: 'OpenTok Session Created',
  };
  it.each([
    ['accepts a documented event', { session: exampleSession, eventId: '1' }, undefined],
    ['rejects an additional field', { session: exampleSession, eventId: '1', id: 1 }, 'not doc'],
    ['rejects an event without an id', { session: exampleSession }, 'not documented'],
  ])('%s', (_, detail, words) => {
    const check = () => assertResultDocumented({ ...published, detail });
    if (words === undefined) expect(check).not.toThrow();
    else expect(check).toThrow(words);
  });
});

function problem(name: Parameters<typeof exampleFault>[0]) {
  return toProblemResponse(exampleFault(name), EXAMPLE_REQUEST_ID, { auth: 'iam' });
}

function withHeader(name: string, value: string) {
  return { ...created, headers: { ...created.headers, [name]: value } };
}
