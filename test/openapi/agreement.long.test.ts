/**
 * The document's schemas and the code accept the same requests. The code rejects everything that the
 * schemas reject, and more only for the reasons in `isBeyondSchemas`.
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { decodeToken } from '../../lib/domain/decode-token.ts';
import { parseInspectRequest } from '../../lib/domain/inspect-request.ts';
import { readProjectId } from '../../lib/domain/session-id.ts';
import { ARCHIVE_RESOLUTIONS, parseSessionRequest } from '../../lib/domain/session-request.ts';
import { MAX_TOKEN_SECONDS, parseTokenRequest, ROLES } from '../../lib/domain/token-request.ts';
import { parseCallback } from '../../lib/live/domain/callback.ts';
import { displayName } from '../../lib/rooms/domain/display-name.ts';
import { parseGuestRequest } from '../../lib/rooms/domain/guest-request.ts';
import {
  MAX_GUESTS,
  MAX_INVITE_SECONDS,
  parseInviteRequest,
} from '../../lib/rooms/domain/invite.ts';
import { isRoomName, readSampleRoomName } from '../../lib/rooms/domain/room.ts';
import { parseJoinRequest, parseOpenRequest } from '../../lib/rooms/domain/room-request.ts';
import {
  parseDecision,
  parseDecisions,
  parseParticipantDecision,
  parseRemoval,
} from '../../lib/rooms/routes/decision.ts';
import { buildDocument } from '../../tools/openapi/document.ts';
import { operations } from '../../tools/openapi/operations.ts';
import { roomNameSchema } from '../../tools/openapi/room-name.ts';
import type { JsonSchema } from '../../tools/openapi/texts/field-words.ts';
import { exampleToken } from '../../tools/openapi/texts/issue-token.ts';
import { EXAMPLE_SESSION_ID, sessionIdSchema } from '../../tools/openapi/texts/session-id.ts';

const numRuns = 3_000;
const NOW_SECONDS = Date.UTC(2030, 0) / 1000;
const LATEST_SECONDS = NOW_SECONDS + MAX_TOKEN_SECONDS;
const limits = { nowSeconds: NOW_SECONDS, maxTokenSeconds: MAX_TOKEN_SECONDS };

const { schemas } = buildDocument().components;
const ajv = new Ajv2020({
  strict: false,
  validateFormats: false,
  schemas: [{ $id: 'doc', components: { schemas } }],
});
const compile = (name: string) => ajv.compile({ $ref: `doc#/components/schemas/${name}` });

const junk = fc.oneof(
  fc.constantFrom(null, true, false, 0, 1, -1, 1.5, '', 'a', [], {}, [null], [['a']], { a: 1 }),
  // Comparing or joining this one throws.
  fc.constantFrom<fc.JsonValue[]>({ toString: '', valueOf: '' }, [{ toString: '' }]),
  fc.jsonValue({ maxDepth: 2 }),
);

/** A wrong value in one of twenty cases. */
function mostly(wrong: string, ...right: readonly string[]) {
  return fc.oneof(
    { weight: 19, arbitrary: fc.constantFrom(...right) },
    { weight: 1, arbitrary: fc.constant(wrong) },
  );
}

/** Texts around a limit, of characters with one and two UTF-16 code units, and of halves of pairs. */
function text(limit: number) {
  const length = fc.constantFrom(0, 1, 2, limit / 2, limit / 2 + 1, limit - 1, limit, limit + 1);
  const piece = fc.constantFrom(
    'a',
    ' ',
    '\u0000',
    '\u00e9',
    '\ufeff',
    '\u{1f600}',
    '\ud800',
    '\udc00',
  );
  return fc.oneof(
    fc.tuple(piece, length).map(([one, count]) => one.repeat(Math.ceil(count / one.length))),
    fc.tuple(piece, length).map(([one, count]) => one + 'a'.repeat(count)),
    fc.string({ unit: 'grapheme', minLength: 1 }),
    fc.constantFrom('a', 'standup'),
  );
}

const sessionFields = {
  mediaMode: mostly('Routed', 'routed', 'routed', 'relayed'),
  archiveMode: mostly('never', 'manual', 'always'),
  location: fc.oneof(
    { weight: 5, arbitrary: fc.ipV4() },
    fc.constantFrom(
      '0.0.0.0',
      '255.255.255.255',
      '256.0.0.1',
      '01.2.3.4',
      '1.2.3',
      '::1',
      '1.2.3.4\n',
    ),
  ),
  archiveName: text(80),
  archiveResolution: mostly('640x481', ...ARCHIVE_RESOLUTIONS),
  e2ee: fc.boolean(),
};
const moment = fc.oneof(
  fc.constantFrom(NOW_SECONDS, NOW_SECONDS + 1, NOW_SECONDS + 60, NOW_SECONDS + 61, 1e11 - 1),
  fc.constantFrom(0, -1, 1.5, 1e11, NOW_SECONDS * 1000),
);
const ruleFields = {
  opensAt: moment,
  closesAt: moment,
  admission: mostly('ajar', 'open', 'knock', 'closed'),
  defaultRole: mostly('host', ...ROLES),
};
const className = fc.oneof(
  text(1000),
  fc.constantFrom('a', 'focus', 'a b', 'a\u3000', 'a\n', '\u0085'),
);
const tokenFields = {
  role: mostly('Publisher', ...ROLES),
  expireTime: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(0, NOW_SECONDS + 1, LATEST_SECONDS) },
    fc.constantFrom(0, -0, 1, NOW_SECONDS - 1, NOW_SECONDS, NOW_SECONDS + 1, NOW_SECONDS + 1.5),
    fc.constantFrom(LATEST_SECONDS, LATEST_SECONDS + 1),
    fc.constantFrom(1e11 - 1, 1e11, NOW_SECONDS * 1000, Number.MAX_VALUE, -1),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  ),
  data: text(1000),
  initialLayoutClassList: fc.array(className, { maxLength: 3 }),
  tokenType: mostly('jwt', 'JWT', 'T1'),
};

const knock = text(256);
const guestFields = {
  invite: fc.string(),
  guest: fc.string(),
  knock,
  name: text(64),
  role: tokenFields.role,
  data: tokenFields.data,
  initialLayoutClassList: tokenFields.initialLayoutClassList,
};
const LATEST_INVITE_SECONDS = NOW_SECONDS + MAX_INVITE_SECONDS;
const inviteFields = {
  role: tokenFields.role,
  expireTime: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(0, NOW_SECONDS + 90_000, LATEST_INVITE_SECONDS) },
    fc.constantFrom(NOW_SECONDS, NOW_SECONDS + 1, LATEST_INVITE_SECONDS + 1, 1e11, -1, 1.5),
  ),
  opensAt: moment,
  maxGuests: fc.constantFrom(1, 2, 30, MAX_GUESTS, MAX_GUESTS + 1, 0, 1.5),
  name: text(64),
};

const PARTS = ['e30', 'eyJhIjoxfQ', 'e30=', '', 'a', 'W10', 'sig+', 'Z\n'];
const part = fc.constantFrom(...PARTS, 'e30', 'eyJhIjoxfQ');
const T1_TEXTS = [
  'partner_id=1&sig=a:b=c',
  'partner_id=1&sig=:',
  'partner_id=1&sig=a:b:c',
  'é',
  '',
];
const inspected = fc.oneof(
  fc.array(part, { minLength: 2, maxLength: 4 }).map((parts) => parts.join('.')),
  fc.tuple(part, part, part).map((parts) => parts.join('.')),
  fc.constantFrom(...T1_TEXTS).map((made) => `T1==${Buffer.from(made).toString('base64')}`),
  fc.constantFrom(exampleToken.token, `Bearer ${exampleToken.token}`, 'T1==', 't1==YQ=='),
);

/** Whether a text in the format of a token is not a token. */
function isNoToken(text: unknown): boolean {
  return typeof text === 'string' && !accepts(() => decodeToken(text));
}

function body(fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> {
  const mixed = Object.entries(fields).map(([name, valid]) => [
    name,
    fc.oneof({ weight: 40, arbitrary: valid }, { weight: 1, arbitrary: junk }),
  ]);
  const some = fc.record(Object.fromEntries(mixed), { requiredKeys: [] });
  const odd = fc.tuple(some, fc.constantFrom('colour', '__proto__', 'MediaMode', ''), junk);
  return fc.oneof(
    { weight: 20, arbitrary: some },
    { weight: 1, arbitrary: odd.map(([rest, name, value]) => ({ ...rest, [name]: value })) },
    { weight: 1, arbitrary: junk },
  );
}

/** A name that a schema cannot judge: it has Unicode's control characters in its pattern, no more. */
function isHiddenName(name: unknown): boolean {
  return typeof name === 'string' && !v.is(displayName, name);
}

/**
 * A field as a moment in seconds: NaN, which no comparison is true of, for all that schema and code
 * both reject.
 */
function toMoment(field: unknown): number {
  return Number.isInteger(field) ? (field as number) : Number.NaN;
}

/** As `isBeyondSchemas`, for an invite: it may last longer than a token. */
function isBeyondInvites(value: unknown): boolean {
  const { name, ...fields } = Object(value);
  const [expireTime, opensAt] = [toMoment(fields.expireTime ?? 0), toMoment(fields.opensAt)];
  const isDefault = expireTime === 0;
  const isOutOfRange = expireTime <= NOW_SECONDS || expireTime > LATEST_INVITE_SECONDS;
  const end = isDefault ? NOW_SECONDS + 24 * 60 * 60 : expireTime;
  return (!isDefault && isOutOfRange) || opensAt >= end || isHiddenName(name);
}

/**
 * Whether the code may reject what the schema accepts, for a reason that no schema can state. Returns
 * for every JSON value.
 */
function isBeyondSchemas(value: unknown): boolean {
  const { data, initialLayoutClassList, archiveName, session, token, name } = Object(value);
  const { opensAt, closesAt, expireTime } = Object(value);
  const [start, end, expiry] = [opensAt ?? 0, closesAt, expireTime].map(toMoment) as Moments;
  const classes = Array.isArray(initialLayoutClassList)
    ? initialLayoutClassList.filter((item) => typeof item === 'string')
    : [];
  const texts = [data, archiveName, Object(session).archiveName, ...classes];
  return (
    // A schema has no clock and does not compare fields.
    end <= NOW_SECONDS ||
    end <= start ||
    expiry <= NOW_SECONDS ||
    expiry > LATEST_SECONDS ||
    // It does not decode base64.
    isNoToken(token) ||
    // It does not add lengths.
    classes.join(' ').length > 1000 ||
    // It counts characters. The platform counts UTF-16 code units, and accepts no half of a pair.
    isHiddenName(name) ||
    texts.some((text) => typeof text === 'string' && /[\ud800-\udfff]/.test(text))
  );
}

type Moments = [start: number, end: number, expiry: number];

function accepts(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
}

describe('schema and code accept the same', () => {
  it.each([
    ['SessionRequest', body(sessionFields), parseSessionRequest],
    ['TokenRequest', body(tokenFields), (value: unknown) => parseTokenRequest(value, limits)],
    [
      'JoinRequest',
      body({ ...tokenFields, knock, session: body(sessionFields) }),
      (value: unknown) => parseJoinRequest('standup', value, limits),
    ],
    ['InspectRequest', body({ token: inspected }), parseInspectRequest],
    [
      'RoomRequest',
      body({ ...ruleFields, session: body(sessionFields) }),
      (value: unknown) => parseOpenRequest('standup', value, limits),
    ],
    [
      'InviteRequest',
      body(inviteFields),
      (value: unknown) => parseInviteRequest(value, NOW_SECONDS),
      isBeyondInvites,
    ],
    ['GuestRequest', body(guestFields), (value: unknown) => parseGuestRequest(value, limits)],
    ['Decision', body({ decision: mostly('perhaps', 'admit', 'deny') }), parseDecision],
    [
      'Decisions',
      body({
        decision: mostly('perhaps', 'admit', 'deny'),
        knockIds: fc.constantFrom<unknown>(
          ...[[], ['a'], ['a', 'b'], new Array(1_000).fill('a'), new Array(1_001).fill('a')],
          ...[[7], 'a', null],
        ),
      }),
      parseDecisions,
    ],
    [
      'ParticipantDecision',
      body({ decision: mostly('admit', 'remove', 'ban', 'allow') }),
      parseParticipantDecision,
    ],
    ['Removal', body({ decision: mostly('ban', 'remove') }), parseRemoval],
  ] as [string, fc.Arbitrary<unknown>, (value: unknown) => unknown, typeof isBeyondSchemas?][])(
    '%s',
    (name, arbitrary, parse, isBeyond = isBeyondSchemas) => {
      const isValid = compile(name);
      const seen = { accepted: 0, rejected: 0 };
      fc.assert(
        fc.property(arbitrary, (made) => {
          const value = JSON.parse(JSON.stringify(made));
          const bySchema = isValid(value);
          const byCode = accepts(() => parse(value));
          seen[byCode ? 'accepted' : 'rejected'] += 1;
          if (byCode || !isBeyond(value)) {
            expect(bySchema, JSON.stringify(value)).toBe(byCode);
          }
        }),
        { numRuns },
      );
      expect(seen.accepted).toBeGreaterThan(numRuns / 50);
      expect(seen.rejected).toBeGreaterThan(numRuns / 50);
    },
  );

  it.each([
    ...[
      'a',
      'A-z_0.9~',
      'a'.repeat(128),
      'a'.repeat(129),
      '',
      '.',
      '..',
      '...',
      '.a',
      'a b',
      'a/b',
    ],
    ...['\u00e9', 'a\n', '\u{1f600}', '%41', '\u0660'],
  ])('room names: %j', (name) => {
    expect(isAccepted(roomNameSchema, name)).toBe(isRoomName(name));
  });

  it.each([
    ...[EXAMPLE_SESSION_ID, `${EXAMPLE_SESSION_ID}=`, `3${EXAMPLE_SESSION_ID.slice(1)}`, '', '1_'],
    `${EXAMPLE_SESSION_ID} `,
  ])('session ids, except the content of their base64: %j', (id) => {
    expect(isAccepted(sessionIdSchema, id)).toBe(readProjectId(id) !== undefined);
  });
});

const RECORDED = { mediaMode: 'routed', archiveMode: 'always' };

describe('examples of the document', () => {
  const today = { ...limits, nowSeconds: Math.floor(Date.now() / 1000) };
  const parsers: Readonly<Record<string, (value: unknown) => unknown>> = {
    SessionRequest: parseSessionRequest,
    TokenRequest: (value) => parseTokenRequest(value, today),
    JoinRequest: (value) => parseJoinRequest('standup', value, today),
    InspectRequest: parseInspectRequest,
    AppRequest: (value) => readSampleRoomName(Object(value).roomName),
    RoomRequest: (value) => parseOpenRequest('standup', value, today),
    InviteRequest: (value) => parseInviteRequest(value, today.nowSeconds),
    GuestRequest: (value) => parseGuestRequest({ invite: '', ...Object(value) }, today),
    Decision: parseDecision,
    Decisions: (value) => parseDecisions({ decision: 'admit', ...Object(value) }),
    ParticipantDecision: parseParticipantDecision,
    Removal: parseRemoval,
    Callback: (value) => parseCallback(Buffer.from(JSON.stringify(value))),
  };
  const ofOperations = operations.flatMap(({ operationId, body: taken }) =>
    Object.entries(taken?.examples ?? {}).map(([name, value]) => ({
      what: `${operationId}, ${name}`,
      schema: taken?.schema ?? '',
      value: value as unknown,
    })),
  );
  const ofFields = Object.keys(parsers).flatMap((schema) =>
    Object.entries(Object(schemas[schema]?.['properties'])).flatMap(([name, property]) =>
      [Object(property).examples ?? []].flat(1).map((example: unknown) => ({
        what: `${schema}.${name}`,
        schema,
        value: { ...(name === 'archiveName' ? RECORDED : {}), [name]: example },
      })),
    ),
  );

  it.each([...ofOperations, ...ofFields])('are accepted: $what', ({ schema, value }) => {
    expect(parsers[schema]?.(value)).toBeDefined();
  });
});

function isAccepted(schema: JsonSchema, value: unknown): boolean {
  return new Ajv2020({ strict: false }).validate(schema, value);
}
