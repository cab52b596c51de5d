import { describe, expect, it } from 'vitest';
import {
  describeInvalidFields,
  describeOpaqueToken,
  describeUnmatched,
} from '../../local/notices.ts';

const issue = { functionName: 'issueToken', method: 'POST', path: '/sessions/{sessionId}/tokens' };
const guest = { functionName: 'joinAsGuest', method: 'POST', path: '/invites/tokens' };

describe('describeUnmatched', () => {
  it.each([
    ['POST', '/sesions', 'POST /sesions matches no route'],
    [
      'GET',
      '/sessions/1_x/tokens',
      'GET /sessions/1_x/tokens matches no route: this path has POST',
    ],
  ])('names the method, the path and what the path has: %s %s', (method, path, message) => {
    expect(describeUnmatched(method, path, [issue])).toEqual({
      ...{ level: 'warn', message, status: 404 },
    });
  });
});

describe('describeInvalidFields', () => {
  const body = JSON.stringify({
    errors: [
      { pointer: '#/role', detail: 'must be one of publisher' },
      { pointer: '#', detail: 'must be a JSON object' },
    ],
  });

  it('names each field of a 400', () => {
    expect(describeInvalidFields({ statusCode: 400, body }, issue)).toEqual([
      { level: 'warn', function: 'issueToken', message: 'role: must be one of publisher' },
      { level: 'warn', function: 'issueToken', message: 'request: must be a JSON object' },
    ]);
  });

  it.each([
    [201, body],
    [400, '{}'],
    [400, 'text'],
  ])('returns nothing for a %i with the body %s', (statusCode, text) => {
    expect(describeInvalidFields({ statusCode, body: text }, issue)).toEqual([]);
  });
});

describe('describeOpaqueToken', () => {
  it.each(['Bearer opaque', 'opaque', 'Basic YTpi', 'Bearer a.b', ''])(
    'warns that a deployment rejects "%s", without repeating it',
    (authorization) => {
      const notice = describeOpaqueToken(authorization, issue);
      expect(notice).toMatchObject({ level: 'warn', function: 'issueToken' });
      expect(notice?.message).toContain('a deployment rejects it with 401');
      if (authorization) expect(notice?.message).not.toContain(authorization);
    },
  );

  it.each([undefined, 'Bearer a.b.c', 'a.b.', 'AWS4-HMAC-SHA256 Credential=x'])(
    'returns nothing for %s',
    (authorization) => {
      expect(describeOpaqueToken(authorization, issue)).toBeUndefined();
    },
  );

  it('returns nothing on a route without an authorizer', () => {
    expect(describeOpaqueToken('opaque', guest)).toBeUndefined();
  });
});
