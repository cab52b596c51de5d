import { describe, expect, it } from 'vitest';
import { TRUSTED } from '../../lib/domain/access.ts';
import { ROLES } from '../../lib/domain/token-request.ts';
import { type CallerSettings, readCaller } from '../../lib/events/caller.ts';
import { poolDoors, SUBJECT, strangerDoors, trustedDoors, userDoors } from '../support/callers.ts';
import { catchFault } from '../support/faults.ts';
import { type HttpEvent, IAM_CALLER } from '../support/http-events.ts';

const settings = {
  auth: 'jwt',
  roleClaim: 'opentok_role',
  defaultRole: 'publisher',
  roomsClaim: undefined,
  roomsOnly: false,
} as const satisfies CallerSettings;

type Auth = 'iam' | 'jwt' | 'none';

const read = (event: unknown, auth: Auth = 'iam', roleClaim = 'opentok_role') =>
  readCaller(event, { ...settings, auth, roleClaim });
const withAuthorizer = (authorizer: object): HttpEvent => ({ requestContext: { authorizer } });
const everyMode = ['iam', 'jwt', 'none'] as const;

describe('a back end', () => {
  it.each(trustedDoors)('is trusted, except with AUTH=jwt: %s', async (_door, build) => {
    for (const auth of ['iam', 'none'] as const) expect(read(build(), auth)).toEqual(TRUSTED);
    expect(await catchFault(() => read(build(), 'jwt'))).toMatchObject({
      name: 'UnauthenticatedError',
      message: 'The request carries no token of an end user.',
    });
  });

  it('with an assumed role is trusted', () => {
    const userArn = 'arn:aws:sts::123456789012:assumed-role/booking/i-0abcd1234efgh5678';
    expect(read(withAuthorizer({ iam: { ...IAM_CALLER, userArn } }))).toEqual(TRUSTED);
  });
});

describe.each(poolDoors)('credentials of an identity pool (%s)', (_door, build) => {
  it('are rejected, with what to do instead', async () => {
    for (const auth of ['iam', 'none'] as const) {
      expect(await catchFault(() => read(build(), auth))).toMatchObject({
        name: 'ForbiddenError',
        message:
          'Holders of a Cognito identity pool are end users; deploy with auth=jwt, and send a token of the user pool.',
      });
    }
    expect((await catchFault(() => read(build(), 'jwt'))).name).toBe('UnauthenticatedError');
  });
});

describe('the identity pool of a request', () => {
  const arn = IAM_CALLER.userArn;
  const pool = 'arn:aws:sts::123456789012:assumed-role/Pool_Auth/CognitoIdentityCredentials';

  it.each<[what: string, requestContext: object, expected: string]>([
    ['is absent', { authorizer: { iam: { userArn: arn } } }, 'trusted'],
    ['is null', { authorizer: { iam: { userArn: arn, cognitoIdentity: null } } }, 'trusted'],
    ['is empty', { identity: { userArn: arn, cognitoIdentityId: '' } }, 'trusted'],
    ['is an object', { authorizer: { iam: { userArn: arn, cognitoIdentity: {} } } }, 'refused'],
    ['is a string', { identity: { userArn: arn, cognitoIdentityId: 'eu-west-1:1' } }, 'refused'],
    ['is malformed', { identity: { userArn: arn, cognitoIdentityId: 0 } }, 'refused'],
    ['has no user', { identity: { cognitoIdentityId: 'eu-west-1:1' } }, 'refused'],
    ['shows in the session name', { authorizer: { iam: { userArn: pool } } }, 'refused'],
    ['shows in the session name (1.0)', { identity: { userArn: pool } }, 'refused'],
    ['is similar to the session name', { identity: { userArn: `${pool}2` } }, 'trusted'],
    ['is similar to the role name', { identity: { userArn: `${pool}/x` } }, 'trusted'],
  ])('if it %s', async (_what, requestContext, expected) => {
    const attempt = () => read({ requestContext }, 'iam');
    if (expected === 'trusted') return expect(attempt()).toEqual(TRUSTED);
    expect((await catchFault(attempt)).name).toBe('ForbiddenError');
  });
});

describe.each(userDoors)('an end user (%s)', (door, build) => {
  it('has the subject and, without the claim, the role publisher', () => {
    for (const auth of everyMode) {
      expect(read(build({}), auth)).toEqual({
        kind: 'user',
        subject: SUBJECT,
        maxRole: 'publisher',
        roomsOnly: false,
      });
    }
  });

  it.each(ROLES)('has the configured default role without the claim: %s', (defaultRole) => {
    expect(readCaller(build({}), { ...settings, defaultRole })).toMatchObject({
      maxRole: defaultRole,
    });
    const claimed = build({}, { opentok_role: 'subscriber' });
    expect(readCaller(claimed, { ...settings, defaultRole })).toMatchObject({
      maxRole: 'subscriber',
    });
  });

  it('is rejected without the claim and a default role; the error names the claim', async () => {
    const config = { ...settings, roleClaim: 'custom:role', defaultRole: 'none' } as const;
    expect(await catchFault(() => readCaller(build({}), config))).toMatchObject({
      name: 'ForbiddenError',
      message: 'The claim custom:role is missing; it names your role.',
      // Logged for the operator.
      reason: 'The claim custom:role is missing; it names your role.',
    });
    const event = build({}, { 'custom:role': 'moderator' });
    expect(readCaller(event, config)).toMatchObject({ maxRole: 'moderator' });
  });

  it.each([true, false])('gets tokens by room only, as configured: %s', (roomsOnly) => {
    expect(readCaller(build({}), { ...settings, roomsOnly })).toMatchObject({ roomsOnly });
    const config = { ...settings, roomsClaim: 'rooms', roomsOnly };
    const expected = { rooms: ['math'], roomsOnly };
    expect(readCaller(build({}, { rooms: 'math' }), config)).toMatchObject(expected);
  });

  it.each(ROLES)('has the role of the claim: %s', (role) => {
    expect(read(build({}, { opentok_role: role }))).toMatchObject({ maxRole: role });
  });

  it('has the role of the configured claim', () => {
    const event = build({}, { opentok_role: 'moderator', 'custom:video-role': 'subscriber' });
    expect(read(event, 'jwt', 'custom:video-role')).toMatchObject({ maxRole: 'subscriber' });
    expect(read(event, 'jwt', 'https://example.com/role')).toMatchObject({ maxRole: 'publisher' });
  });

  it.each([
    '',
    ' moderator',
    'Moderator',
    'admin',
    'Moderator',
    'junior moderator',
    '[junior moderator]',
    '[moderator  publisher]',
    '[[moderator]]',
    '[moderator',
    'moderator]',
    'moderator,',
    ',moderator',
    'moderator,admin',
    'moderator\tpublisher',
    'moderator\u00a0',
    '"moderator"',
    '["junior moderator"]',
    '["moderator",7]',
    '[["moderator"]]',
    '{"0":"moderator"}',
    null,
    true,
    7,
    {},
    { moderator: true },
    ['junior moderator'],
    ['moderator', 7],
    [['moderator']],
    [null],
  ])('is rejected if the claim is not a role: %j', async (claimed) => {
    const fault = await catchFault(() => read(build({}, { opentok_role: claimed })));
    expect(fault.name).toBe('ForbiddenError');
    expect(fault.message).toBe(`The claim opentok_role must be one of ${ROLES.join(', ')}.`);
  });

  const formsOf = (...values: string[]): unknown[] => [
    values,
    `[${values.join(' ')}]`,
    `[${values.join(', ')}]`,
    `[${values.join(',')}]`,
    values.join(','),
    values.join(', '),
    values.join(' '),
    JSON.stringify(values),
    JSON.stringify(values, null, 1),
  ];
  const roleOf = (claim: unknown, defaultRole: (typeof ROLES)[number] | 'none' = 'publisher') =>
    readCaller(build({}, { roles: claim }), { ...settings, roleClaim: 'roles', defaultRole });

  it.each(ROLES)('has the role of an array with one element, in every form: %s', (role) => {
    for (const claim of formsOf(role)) {
      expect(roleOf(claim, 'none')).toMatchObject({ maxRole: role });
    }
  });

  it.each<[roles: string[], lowest: string]>([
    [['moderator', 'publisher'], 'publisher'],
    [['publisher', 'moderator'], 'publisher'],
    [['moderator', 'subscriber'], 'subscriber'],
    [['publisheronly', 'moderator', 'publisher'], 'publisheronly'],
    [['moderator', 'moderator'], 'moderator'],
  ])('has the lowest of several roles, in every form: %j', (roles, lowest) => {
    for (const claim of formsOf(...roles)) {
      expect(roleOf(claim)).toMatchObject({ maxRole: lowest });
    }
  });

  it('is rejected with roles that have no lowest', async () => {
    for (const claim of formsOf('publisheronly', 'moderator', 'subscriber')) {
      expect((await catchFault(() => roleOf(claim))).message).toBe(
        'The claim roles must not have both subscriber and publisheronly: neither is the lower role.',
      );
    }
  });

  it('has the configured role if the list is empty', async () => {
    for (const claim of [[], '[]', '[ ]']) {
      expect(roleOf(claim, 'subscriber')).toMatchObject({ maxRole: 'subscriber' });
      expect((await catchFault(() => roleOf(claim, 'none'))).name).toBe('ForbiddenError');
    }
  });

  const roomsOf = (rooms: unknown) =>
    readCaller(build({}, rooms === undefined ? {} : { rooms }), {
      ...settings,
      roomsClaim: 'rooms',
    });

  it.each<[claim: unknown, rooms: string[]]>([
    ['math', ['math']],
    ['[math]', ['math']],
    [
      ['Sales Team', 7, null, 'art'],
      ['Sales Team', 'art'],
    ],
    ['', []],
    ['  ', []],
    ['[]', []],
    ['[ ]', []],
    [[], []],
    [null, []],
    [undefined, []],
  ])('can join the rooms of the claim %j: %j', (claim, rooms) => {
    expect(roomsOf(claim)).toMatchObject({ kind: 'user', rooms });
  });

  const canListInText = !/1\.0, JWT|Cognito/.test(door);
  const isLambda = /Lambda/.test(door);

  it('can join the rooms of JSON text from a Lambda authorizer', async () => {
    const text = JSON.stringify(['math', 'Sales Team', 7]);
    if (isLambda) expect(roomsOf(text)).toMatchObject({ rooms: ['math', 'Sales Team'] });
    else expect((await catchFault(() => roomsOf(text))).message).toContain('is ambiguous');
  });

  it('can join space-separated rooms unless API Gateway writes arrays as such text', async () => {
    if (canListInText) {
      expect(roomsOf('math art physics-1')).toMatchObject({ rooms: ['math', 'art', 'physics-1'] });
      expect(roomsOf('  math \n art ')).toMatchObject({ rooms: ['math', 'art'] });
    } else {
      const fault = await catchFault(() => roomsOf('math art'));
      expect(fault.message).toBe('The claim rooms is ambiguous; name one room.');
    }
  });

  it.each([
    '[Sales Team]',
    '[math art]',
    'math,art',
    '["math","art"',
    'x[math]',
    '[math]x',
    'math café',
    'math\u00a0art',
    'math\u2028art',
    '\ufeffmath',
    7,
    { math: true },
  ])('is rejected with an ambiguous or malformed claim: %j', async (claim) => {
    expect(await catchFault(() => roomsOf(claim))).toMatchObject({
      name: 'ForbiddenError',
      message: canListInText
        ? 'The claim rooms is ambiguous; list rooms in one text, with spaces between.'
        : 'The claim rooms is ambiguous; name one room.',
    });
  });

  it.each(['constructor', 'toString', '__proto__'])(
    'ignores inherited properties: %s',
    (roleClaim) => {
      expect(read(build({}), 'jwt', roleClaim)).toMatchObject({ maxRole: 'publisher' });
      const config = { ...settings, roomsClaim: roleClaim };
      expect(readCaller(build({}), config)).toMatchObject({ rooms: [] });
    },
  );

  it.each(['', null, 7, {}])('is rejected without a subject: %j', async (sub) => {
    for (const auth of everyMode) {
      const fault = await catchFault(() => read(build({}, { sub }), auth));
      expect(fault.name).toBe('UnauthenticatedError');
    }
  });
});

describe('an event without authentication', () => {
  it.each(strangerDoors)('is rejected: %s', async (_door, build) => {
    for (const auth of ['iam', 'jwt'] as const) {
      const fault = await catchFault(() => read(build(), auth));
      expect(fault.name).toBe('UnauthenticatedError');
      expect(fault.message).toMatch(/no (?:authorization|token of an end user|subject)\.$/);
    }
  });

  it.each([undefined, null, 'x', 7, [], {}])(
    'is rejected if it is not an event: %j',
    async (event) => {
      expect((await catchFault(() => read(event))).name).toBe('UnauthenticatedError');
    },
  );

  it.each(['', 'x', '.', 'authorization'])(
    'is rejected with an Authorization header that was not verified: %j',
    async (authorization) => {
      const event = { ...strangerDoors[0]?.[1](), headers: { authorization } };
      expect((await catchFault(() => read(event))).name).toBe('UnauthenticatedError');
    },
  );

  it('is trusted with AUTH=none, except with an authorizer result without a subject', () => {
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
  ])('has the end user as its caller: %s', (_name, authorizer) => {
    const expected = { kind: 'user', subject: 'ada', maxRole: 'publisher' };
    expect(read(withAuthorizer(authorizer))).toMatchObject(expected);
    const identity = { userArn: IAM_CALLER.userArn };
    expect(read({ requestContext: { authorizer, identity } })).toMatchObject(expected);
  });

  it('uses principalId of a Lambda authorizer without sub', () => {
    const authorizer = { lambda: { principalId: 'ada', opentok_role: 'moderator' } };
    expect(read(withAuthorizer(authorizer))).toMatchObject({
      subject: 'ada',
      maxRole: 'moderator',
    });
  });

  it('uses role and subject of the same authorizer', () => {
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
