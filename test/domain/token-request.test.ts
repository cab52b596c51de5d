import { describe, expect, it } from 'vitest';
import { parseDirectTokenRequest, parseTokenRequest } from '../../lib/domain/token-request.ts';
import { catchFieldErrors, catchPointers } from '../support/faults.ts';
import { DAY_SECONDS, NOW_SECONDS, sessionIds } from '../support/fixtures.ts';

const DAYS_30 = 30 * DAY_SECONDS;
const limits = { nowSeconds: NOW_SECONDS, maxTokenSeconds: DAYS_30 };
const defaults = { initialLayoutClassList: [], tokenType: 'JWT' };

const parse = (input: unknown, changed: Partial<typeof limits> = {}) =>
  parseTokenRequest(input, { ...limits, ...changed });

describe('a token request', () => {
  it.each([
    ['no body', undefined],
    ['an empty object', {}],
    ['expireTime 0', { expireTime: 0 }],
    ['expireTime -0', { expireTime: -0 }],
  ])('gets 24 hours, a JWT and no layout classes for %s', (_scenario, input) => {
    expect(parse(input)).toEqual({ ...defaults, expireTime: NOW_SECONDS + DAY_SECONDS });
  });

  it.each<[scenario: string, input: object]>([
    ['subscriber', { role: 'subscriber' }],
    ['publisher', { role: 'publisher' }],
    ['moderator', { role: 'moderator' }],
    ['publisheronly', { role: 'publisheronly' }],
    ['JWT', { tokenType: 'JWT' }],
    ['T1', { tokenType: 'T1' }],
    ['an expiry 1 second from now', { expireTime: NOW_SECONDS + 1 }],
    ['an expiry 30 days from now', { expireTime: NOW_SECONDS + DAYS_30 }],
    ['an expiry written as a float', { expireTime: JSON.parse('1700000060.0') }],
    ['data of 1000 characters', { data: 'x'.repeat(1000) }],
    ['data of 1000 characters that take 3000 bytes', { data: '€'.repeat(1000) }],
    ['data of 500 characters that count as 1000 code units', { data: '🎥'.repeat(500) }],
    ['data with every kind of character', { data: '&=%:+~ \n\t\0"\\\u2028é🎥' }],
    ['no layout classes', { initialLayoutClassList: [] }],
    ['layout classes', { initialLayoutClassList: ['focus', 'full-width', 'x:y', 'é🎥'] }],
    ['the same layout class twice', { initialLayoutClassList: ['a', 'a'] }],
    ['a layout class of 1000 characters', { initialLayoutClassList: ['x'.repeat(1000)] }],
    [
      'layout classes of 1000 characters when joined',
      { initialLayoutClassList: ['x'.repeat(499), 'y'.repeat(500)] },
    ],
  ])('accepts %s unchanged', (_scenario, input) => {
    const expireTime = NOW_SECONDS + DAY_SECONDS;
    expect(parse(input)).toEqual({ ...defaults, expireTime, ...input });
  });

  it('treats empty data as none', () => {
    expect(parse({ data: '' }).data).toBeUndefined();
    expect(parse({ data: ' ' }).data).toBe(' ');
  });

  it.each<[scenario: string, input: object, pointers: string[]]>([
    ['an unknown role', { role: 'admin' }, ['#/role']],
    ['a role in capitals', { role: 'Publisher' }, ['#/role']],
    ['an SDK constant in place of the role', { role: 'PUBLISHER_ONLY' }, ['#/role']],
    ['an empty role', { role: '' }, ['#/role']],
    ['role null', { role: null }, ['#/role']],
    ['two roles', { role: ['publisher'] }, ['#/role']],
    ['a token type in lower case', { tokenType: 'jwt' }, ['#/tokenType']],
    ['tokenType null', { tokenType: null }, ['#/tokenType']],
    ['T2', { tokenType: 'T2' }, ['#/tokenType']],
    ['expireTime null', { expireTime: null }, ['#/expireTime']],
    ['expireTime as text', { expireTime: String(NOW_SECONDS + 60) }, ['#/expireTime']],
    ['expireTime true', { expireTime: true }, ['#/expireTime']],
    ['a date in place of the time', { expireTime: '2030-01-01T00:00:00Z' }, ['#/expireTime']],
    ['expireTime in a list', { expireTime: [NOW_SECONDS + 60] }, ['#/expireTime']],
    ['data null', { data: null }, ['#/data']],
    ['data as an object', { data: { name: 'J' } }, ['#/data']],
    ['data as a number', { data: 7 }, ['#/data']],
    ['data of 1001 characters', { data: 'x'.repeat(1001) }, ['#/data']],
    [
      'data of 501 characters that count as 1002 code units',
      { data: '🎥'.repeat(501) },
      ['#/data'],
    ],
    ['data with half a surrogate pair', { data: 'x\ud83d' }, ['#/data']],
    ['layout classes null', { initialLayoutClassList: null }, ['#/initialLayoutClassList']],
    ['layout classes as text', { initialLayoutClassList: 'focus' }, ['#/initialLayoutClassList']],
    [
      'layout classes as an object',
      { initialLayoutClassList: { 0: 'a' } },
      ['#/initialLayoutClassList'],
    ],
    ['an empty class', { initialLayoutClassList: [''] }, ['#/initialLayoutClassList/0']],
    ['a class with a space', { initialLayoutClassList: ['a b'] }, ['#/initialLayoutClassList/0']],
    [
      'a class that begins with a space',
      { initialLayoutClassList: [' a'] },
      ['#/initialLayoutClassList/0'],
    ],
    [
      'a class that ends with a line break',
      { initialLayoutClassList: ['a\n'] },
      ['#/initialLayoutClassList/0'],
    ],
    ['a class with a tab', { initialLayoutClassList: ['a\tb'] }, ['#/initialLayoutClassList/0']],
    [
      'a class with a no-break space',
      { initialLayoutClassList: ['a\u00a0b'] },
      ['#/initialLayoutClassList/0'],
    ],
    [
      'a class that is a number',
      { initialLayoutClassList: ['a', 7] },
      ['#/initialLayoutClassList/1'],
    ],
    ['a class that is null', { initialLayoutClassList: [null] }, ['#/initialLayoutClassList/0']],
    [
      'a class with half a surrogate pair',
      { initialLayoutClassList: ['\udfa5'] },
      ['#/initialLayoutClassList/0'],
    ],
    [
      'a layout class of 1001 characters',
      { initialLayoutClassList: ['x'.repeat(1001)] },
      ['#/initialLayoutClassList'],
    ],
    [
      'layout classes of 1001 characters when joined',
      { initialLayoutClassList: ['x'.repeat(500), 'y'.repeat(500)] },
      ['#/initialLayoutClassList'],
    ],
    [
      'layout classes with 1001 characters including spaces',
      { initialLayoutClassList: Array.from({ length: 501 }, () => 'x') },
      ['#/initialLayoutClassList'],
    ],
    [
      'session_id, which an SDK lets replace the checked one',
      { session_id: 'x' },
      ['#/session_id'],
    ],
    [
      'the raw names that an SDK passes on',
      { scope: 'x', create_time: 1, nonce: 1 },
      ['#/scope', '#/create_time', '#/nonce'],
    ],
    [
      'the raw names of options',
      { expire_time: 1, connection_data: 'x' },
      ['#/expire_time', '#/connection_data'],
    ],
    ['sessionId, which the path names', { sessionId: sessionIds.openTok }, ['#/sessionId']],
  ])('rejects %s, and no other field', async (_scenario, input, pointers) => {
    expect(await catchPointers(() => parse(input))).toEqual(pointers);
  });

  it.each<[scenario: string, expireTime: number, detail: string]>([
    ['now', NOW_SECONDS, 'must be later than now (1700000000)'],
    ['a second ago', NOW_SECONDS - 1, 'must be later than now (1700000000)'],
    ['a duration in place of a time', 3600, 'must be later than now (1700000000)'],
    [
      '1, which is the first time that is not the default',
      1,
      'must be later than now (1700000000)',
    ],
    ['a negative time', -1, 'must be later than now (1700000000)'],
    [
      '30 days and a second from now',
      NOW_SECONDS + DAYS_30 + 1,
      'must be at most 2592000 seconds (30 days) from now (1702592000)',
    ],
    [
      'the last time that is not taken for milliseconds',
      99_999_999_999,
      'must be at most 2592000 seconds (30 days) from now (1702592000)',
    ],
    [
      'the first time that is taken for milliseconds',
      100_000_000_000,
      'looks like milliseconds; it must be whole seconds since the UNIX epoch',
    ],
    [
      'Date.now()',
      NOW_SECONDS * 1000 + 999,
      'looks like milliseconds; it must be whole seconds since the UNIX epoch',
    ],
    [
      'Date.now() with a fraction',
      NOW_SECONDS * 1000 + 0.5,
      'looks like milliseconds; it must be whole seconds since the UNIX epoch',
    ],
    [
      'more than any number is',
      JSON.parse('1e999'),
      'looks like milliseconds; it must be whole seconds since the UNIX epoch',
    ],
    [
      'a fraction of a second',
      NOW_SECONDS + 60.5,
      'must be whole seconds since the UNIX epoch, or 0 for 24 hours from now',
    ],
    [
      'almost nothing',
      0.5,
      'must be whole seconds since the UNIX epoch, or 0 for 24 hours from now',
    ],
  ])('rejects an expiry that is %s', async (_scenario, expireTime, detail) => {
    expect(await catchFieldErrors(() => parse({ expireTime }))).toEqual([
      { pointer: '#/expireTime', detail },
    ]);
  });

  it.each([
    ['the ceiling', 600, true],
    ['a second past the ceiling', 601, false],
  ])('is limited by a lowered ceiling: %s', async (_scenario, seconds, isAllowed) => {
    const input = { expireTime: NOW_SECONDS + seconds };
    const run = () => parse(input, { maxTokenSeconds: 600 });
    if (isAllowed) return expect(run()).toMatchObject(input);
    expect(await catchFieldErrors(run)).toEqual([
      {
        pointer: '#/expireTime',
        detail: 'must be at most 600 seconds from now (1700000600)',
      },
    ]);
  });

  it.each([
    ['a ceiling below 24 hours', DAY_SECONDS - 1, DAY_SECONDS - 1],
    ['a ceiling of 24 hours', DAY_SECONDS, DAY_SECONDS],
    ['a ceiling above 24 hours', DAY_SECONDS + 1, DAY_SECONDS],
  ])('has a default expiry of at most %s', (_scenario, maxTokenSeconds, expected) => {
    expect(parse({}, { maxTokenSeconds }).expireTime).toBe(NOW_SECONDS + expected);
    expect(parse({ expireTime: 0 }, { maxTokenSeconds }).expireTime).toBe(NOW_SECONDS + expected);
  });

  it('lists the allowed values', async () => {
    const input = {
      role: 'admin',
      expireTime: '1',
      data: 'x'.repeat(1001),
      initialLayoutClassList: 'x',
      tokenType: 'T3',
    };
    expect(await catchFieldErrors(() => parse(input))).toEqual([
      {
        pointer: '#/role',
        detail: 'must be one of subscriber, publisher, moderator, publisheronly',
      },
      { pointer: '#/expireTime', detail: 'must be a number' },
      { pointer: '#/data', detail: 'must be at most 1000 characters' },
      { pointer: '#/initialLayoutClassList', detail: 'must be an array of class names' },
      { pointer: '#/tokenType', detail: 'must be one of JWT, T1' },
    ]);
  });

  it('reports the error of each layout class', async () => {
    const input = { initialLayoutClassList: ['a b', 7, 'ok'] };
    expect(await catchFieldErrors(() => parse(input))).toEqual([
      {
        pointer: '#/initialLayoutClassList/0',
        detail: 'must be one class name, without white space',
      },
      { pointer: '#/initialLayoutClassList/1', detail: 'must be a string' },
    ]);
  });

  it('reports that layout classes are too long together', async () => {
    const input = { initialLayoutClassList: ['x'.repeat(1001)] };
    expect(await catchFieldErrors(() => parse(input))).toEqual([
      {
        pointer: '#/initialLayoutClassList',
        detail: 'must be at most 1000 characters when joined by spaces',
      },
    ]);
  });

  it('reports all errors at once, including the expiry', async () => {
    const input = { Role: 'publisher', role: 'admin', data: 1, expireTime: NOW_SECONDS };
    expect(await catchPointers(() => parse(input))).toEqual([
      '#/Role',
      '#/role',
      '#/data',
      '#/expireTime',
    ]);
  });
});

describe('a direct token request', () => {
  const parseDirect = (input: unknown) => parseDirectTokenRequest(input, limits);

  it('contains its session id', () => {
    const input = { sessionId: sessionIds.openTok, role: 'moderator' };
    const expireTime = NOW_SECONDS + DAY_SECONDS;
    expect(parseDirect(input)).toEqual({ ...defaults, expireTime, ...input });
  });

  it.each([
    ['is missing', {}],
    ['is null', { sessionId: null }],
    ['is a number', { sessionId: 1 }],
    ['is a list', { sessionId: [sessionIds.openTok] }],
  ])('is rejected if its session %s', async (_scenario, input) => {
    expect(await catchFieldErrors(() => parseDirect(input))).toEqual([
      {
        pointer: '#/sessionId',
        detail: 'must be a string: the id of the session that the token is for',
      },
    ]);
  });

  it('has the same limits', async () => {
    const input = { sessionId: 'x', expireTime: NOW_SECONDS, data: 'x'.repeat(1001), nonce: 1 };
    expect(await catchPointers(() => parseDirect(input))).toEqual([
      '#/nonce',
      '#/data',
      '#/expireTime',
    ]);
  });
});
