import { describe, expect, it } from 'vitest';
import { TRUSTED } from '../../lib/domain/access.ts';
import { ROLES } from '../../lib/domain/token-request.ts';
import { readCaller } from '../../lib/events/caller.ts';
import { SUBJECT, strangerDoors, trustedDoors, userDoors } from '../support/callers.ts';
import { catchFault } from '../support/faults.ts';
import { type HttpEvent, IAM_CALLER } from '../support/http-events.ts';

type Auth = 'iam' | 'jwt' | 'none';

const read = (event: unknown, auth: Auth = 'iam', roleClaim = 'opentok_role') =>
  readCaller(event, { auth, roleClaim, roomsClaim: undefined });
const withAuthorizer = (authorizer: object): HttpEvent => ({ requestContext: { authorizer } });
const everyMode = ['iam', 'jwt', 'none'] as const;

describe('a back end', () => {
  it.each(trustedDoors)('is trusted: %s', (_door, build) => {
    for (const auth of everyMode) expect(read(build(), auth)).toEqual(TRUSTED);
  });

  it('that assumed a role is trusted too', () => {
    const userArn = 'arn:aws:sts::123456789012:assumed-role/booking/i-0abcd1234efgh5678';
    expect(read(withAuthorizer({ iam: { ...IAM_CALLER, userArn } }))).toEqual(TRUSTED);
  });
});

describe.each(userDoors)('an end user (%s)', (_door, build) => {
  it('has their subject and, without the claim, the role publisher', () => {
    for (const auth of everyMode) {
      expect(read(build({}), auth)).toEqual({
        kind: 'user',
        subject: SUBJECT,
        maxRole: 'publisher',
        rooms: undefined,
      });
    }
  });

  it.each(ROLES)('has the role of the claim: %s', (role) => {
    expect(read(build({}, { opentok_role: role }))).toMatchObject({ maxRole: role });
  });

  it('has the role of another claim where that one is configured', () => {
    const event = build({}, { opentok_role: 'moderator', 'custom:video-role': 'subscriber' });
    expect(read(event, 'jwt', 'custom:video-role')).toMatchObject({ maxRole: 'subscriber' });
    expect(read(event, 'jwt', 'https://example.com/role')).toMatchObject({ maxRole: 'publisher' });
  });

  it.each([
    '',
    ' moderator',
    'Moderator',
    'admin',
    'moderator,publisher',
    '[moderator publisher]',
    null,
    true,
    ['moderator'],
    {},
  ])('is refused where the claim names no role: %j', async (claimed) => {
    const fault = await catchFault(() => read(build({}, { opentok_role: claimed })));
    expect(fault.name).toBe('ForbiddenError');
    expect(fault.message).toBe(`The claim opentok_role must be one of ${ROLES.join(', ')}.`);
  });

  it.each<[claim: unknown, rooms: string[]]>([
    ['math', ['math']],
    ['[math art physics-1]', ['math', 'art', 'physics-1']],
    ['math,art', ['math', 'art']],
    ['math, art', ['math', 'art']],
    ['["math","art"]', ['math', 'art']],
    [
      ['math', 7, null, 'art'],
      ['math', 'art'],
    ],
    ['', []],
    ['[]', []],
    [[], []],
    [null, []],
    [7, []],
    [{ math: true }, []],
    [undefined, []],
  ])('may join the rooms of the claim %j: %j', (claim, rooms) => {
    const event = build({}, claim === undefined ? {} : { rooms: claim });
    const config = { auth: 'jwt', roleClaim: 'opentok_role', roomsClaim: 'rooms' } as const;
    expect(readCaller(event, config)).toMatchObject({ kind: 'user', rooms });
  });

  it.each(['constructor', 'toString', '__proto__'])(
    'has no claim that objects inherit: %s',
    (roleClaim) => {
      expect(read(build({}), 'jwt', roleClaim)).toMatchObject({ maxRole: 'publisher' });
    },
  );

  it.each(['', null, 7, {}])('without a subject is nobody: %j', async (sub) => {
    for (const auth of everyMode) {
      const fault = await catchFault(() => read(build({}, { sub }), auth));
      expect(fault.name).toBe('UnauthenticatedError');
    }
  });
});

describe('an event that nobody vouches for', () => {
  it.each(strangerDoors)('is refused: %s', async (_door, build) => {
    for (const auth of ['iam', 'jwt'] as const) {
      expect((await catchFault(() => read(build(), auth))).name).toBe('UnauthenticatedError');
    }
  });

  it.each([undefined, null, 'x', 7, [], {}])(
    'is refused where it is no event: %j',
    async (event) => {
      expect((await catchFault(() => read(event))).name).toBe('UnauthenticatedError');
    },
  );

  it.each(['', 'x', '.', 'authorization'])(
    'gains nothing by an Authorization header that was not checked: %j',
    async (authorization) => {
      const event = { ...strangerDoors[0]?.[1](), headers: { authorization } };
      expect((await catchFault(() => read(event))).name).toBe('UnauthenticatedError');
    },
  );

  it('is trusted with AUTH=none, unless an authorizer named nobody', () => {
    for (const [door, build] of strangerDoors) {
      const attempt = () => read(build(), 'none');
      const isNamelessUser = /(?:"claims":[{[]|"lambda":\{|"principalId")/.test(door);
      if (isNamelessUser) expect(attempt, door).toThrow('no subject');
      else expect(attempt(), door).toEqual(TRUSTED);
    }
  });
});

describe('an event with the results of two authorizers', () => {
  const iam = IAM_CALLER;
  it.each<[name: string, authorizer: object]>([
    ['IAM and JWT', { iam, jwt: { claims: { sub: 'ada' } } }],
    ['IAM and Cognito', { iam, claims: { sub: 'ada' } }],
    ['IAM and Lambda', { iam, lambda: { sub: 'ada' } }],
    ['IAM and Lambda of a REST API', { iam, principalId: 'ada' }],
  ])('is an end user’s: %s', (_name, authorizer) => {
    const expected = { kind: 'user', subject: 'ada', maxRole: 'publisher' };
    expect(read(withAuthorizer(authorizer))).toMatchObject(expected);
    const identity = { userArn: IAM_CALLER.userArn };
    expect(read({ requestContext: { authorizer, identity } })).toMatchObject(expected);
  });

  it('is named by principalId where a Lambda authorizer of an HTTP API gives no sub', () => {
    const authorizer = { lambda: { principalId: 'ada', opentok_role: 'moderator' } };
    expect(read(withAuthorizer(authorizer))).toMatchObject({
      subject: 'ada',
      maxRole: 'moderator',
    });
  });

  it('takes role and subject from the same one', () => {
    const authorizer = {
      jwt: { claims: { sub: 'ada' } },
      claims: { sub: 'bob', opentok_role: 'moderator' },
      lambda: { opentok_role: 'moderator' },
      opentok_role: 'moderator',
    };
    expect(read(withAuthorizer(authorizer))).toMatchObject({
      subject: 'ada',
      maxRole: 'publisher',
    });
  });
});
