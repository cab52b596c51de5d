import { describe, expect, it } from 'vitest';
import {
  parseDirectJoinRequest,
  parseDirectOpenRequest,
  parseJoinRequest,
  parseOpenRequest,
} from '../../../lib/rooms/domain/room-request.ts';
import { catchFieldErrors, catchPointers } from '../../support/faults.ts';
import { DAY_SECONDS, NOW_SECONDS } from '../../support/fixtures.ts';

const limits = { nowSeconds: NOW_SECONDS, maxTokenSeconds: 30 * DAY_SECONDS };
const defaults = { mediaMode: 'relayed', archiveMode: 'manual', e2ee: false };
const plainToken = {
  expireTime: NOW_SECONDS + DAY_SECONDS,
  initialLayoutClassList: [],
  tokenType: 'JWT',
};

describe('a request to join a room', () => {
  it.each([[undefined], [{}]])('may be %j', (body) => {
    expect(parseJoinRequest('standup', body, limits)).toEqual({
      room: 'standup',
      token: plainToken,
      isExpiryAsked: false,
      session: { options: defaults, requested: {} },
      hasKnock: false,
    });
  });

  it('can have the fields of a token and of a session', () => {
    const session = { mediaMode: 'routed', archiveMode: 'always', archiveName: 'Monday' };
    const body = { role: 'moderator', data: 'x', session };
    expect(parseJoinRequest('standup', body, limits)).toEqual({
      room: 'standup',
      token: { ...plainToken, role: 'moderator', data: 'x' },
      isExpiryAsked: false,
      session: { options: { ...defaults, ...session }, requested: session },
      hasKnock: false,
    });
    expect(parseJoinRequest('standup', { knock: 'x' }, limits).hasKnock).toBe(true);
  });

  it.each([
    [undefined, false],
    [0, false],
    [NOW_SECONDS + 60, true],
  ])('distinguishes a requested expiry, %s, from the default: %s', (expireTime, isAsked) => {
    const { isExpiryAsked } = parseJoinRequest('standup', { expireTime }, limits);
    expect(isExpiryAsked).toBe(isAsked);
  });

  it('distinguishes requested options from defaults', () => {
    const { session } = parseJoinRequest('standup', { session: { e2ee: false } }, limits);
    expect(session.requested).toEqual({ e2ee: false });
  });

  it('is rejected with all errors of token and session', async () => {
    const body = { role: 'admin', colour: 1, session: { mediaMode: 'peer', e2e: true } };
    const pointers = await catchPointers(() => parseJoinRequest('standup', body, limits));
    expect(pointers.sort()).toEqual(['#/colour', '#/role', '#/session/e2e', '#/session/mediaMode']);
  });

  it.each([[null], [[]], ['routed'], [7]])('may not have %j for a session', async (session) => {
    expect(await catchFieldErrors(() => parseJoinRequest('standup', { session }, limits))).toEqual([
      { pointer: '#/session', detail: 'must be a JSON object' },
    ]);
  });

  it.each([[null], [[]], ['standup'], [7]])('may not be %j', async (body) => {
    expect(await catchFieldErrors(() => parseJoinRequest('standup', body, limits))).toEqual([
      { pointer: '#', detail: 'must be a JSON object' },
    ]);
  });

  it.each(['room', 'name', 'sessionId', '__proto__'])(
    'may not have a field %s beside the path',
    async (name) => {
      const body: unknown = JSON.parse(`{ ${JSON.stringify(name)}: "x" }`);
      expect(await catchPointers(() => parseJoinRequest('standup', body, limits))).toEqual([
        `#/${name}`,
      ]);
    },
  );
});

describe('a direct request to join a room', () => {
  it('names the room itself', () => {
    const request = { room: 'standup', role: 'subscriber', session: { mediaMode: 'routed' } };
    expect(parseDirectJoinRequest(request, limits)).toMatchObject({
      room: 'standup',
      token: { role: 'subscriber' },
      session: { requested: { mediaMode: 'routed' } },
    });
  });

  it('is rejected with all errors', async () => {
    const request = { room: 'a b', role: 'admin', session: { mediaMode: 'peer' } };
    const pointers = await catchPointers(() => parseDirectJoinRequest(request, limits));
    expect(pointers.sort()).toEqual(['#/role', '#/room', '#/session/mediaMode']);
  });

  it.each([[undefined], [{}], [{ room: null }]])('cannot be %j', async (request) => {
    expect(await catchPointers(() => parseDirectJoinRequest(request, limits))).toEqual(['#/room']);
  });
});

describe('a message that opens a room', () => {
  it('needs no more than its name', () => {
    expect(parseDirectOpenRequest({ room: 'class-7b-2026-11-23' }, limits)).toEqual({
      room: 'class-7b-2026-11-23',
      session: { options: defaults, requested: {} },
      rules: { admission: 'open' },
      requestedRules: {},
    });
  });

  it('may say what session the room is to have', () => {
    const request = parseDirectOpenRequest({ room: 'x', session: { mediaMode: 'routed' } }, limits);
    expect(request.session.requested).toEqual({ mediaMode: 'routed' });
  });

  it('may say what its rules are to be, and tells them from the defaults', () => {
    const rules = { opensAt: NOW_SECONDS + 60, defaultRole: 'subscriber' };
    expect(parseDirectOpenRequest({ room: 'x', ...rules }, limits)).toMatchObject({
      rules: { ...rules, admission: 'open' },
      requestedRules: rules,
    });
  });

  it('is rejected with all errors', async () => {
    const message = { room: '', session: { mediaMode: 'peer' }, role: 'moderator', closesAt: 1 };
    const pointers = await catchPointers(() => parseDirectOpenRequest(message, limits));
    expect(pointers.sort()).toEqual(['#/closesAt', '#/role', '#/room', '#/session/mediaMode']);
  });
});

describe('the reference of a room', () => {
  const longest = '😀'.repeat(256);

  it.each(['', 'appointment-4711', longest])('is kept as it is: %j', (reference) => {
    expect(parseOpenRequest('standup', { reference }, limits).rules.reference).toBe(reference);
    const message = { room: 'standup', roomReference: reference };
    expect(parseDirectOpenRequest(message, limits)).toMatchObject({
      rules: { reference },
      requestedRules: { reference },
    });
  });

  it.each([`${longest}x`, 4711, null, '\ud800'])('is rejected: %j', async (reference) => {
    const pointers = await catchPointers(() => parseOpenRequest('x', { reference }, limits));
    expect(pointers).toEqual(['#/reference']);
    const message = { room: 'x', roomReference: reference };
    expect(await catchPointers(() => parseDirectOpenRequest(message, limits))).toEqual([
      '#/roomReference',
    ]);
  });

  it('is not the reference of a message', async () => {
    const message = { room: 'x', reference: 'y' };
    expect(await catchPointers(() => parseDirectOpenRequest(message, limits))).toEqual([
      '#/reference',
    ]);
  });
});
