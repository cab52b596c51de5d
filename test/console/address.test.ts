/** The state in the page's address: it can be read again, and never has a secret. */
import { describe, expect, it } from 'vitest';
import { type Address, isShareable, readAddress, toHash } from '../../console/address.ts';
import { sessionIds } from '../support/fixtures.ts';

const jwt = `${btoa('{"alg":"HS256"}')}.${btoa('{"iss":"1"}')}.c2ln`;

describe('isShareable()', () => {
  it.each<[what: string, name: string, value: string]>([
    ['a room', 'path.name', 'standup'],
    ['a session id', 'path.sessionId', sessionIds.openTok],
    ['a time', 'body.expireTime', '1795912379'],
    ['a text', 'body.data', 'name=Ada & more'],
    ['an id of an invite', 'path.inviteId', 'cW9yN3JtZ1BzQ1dq'],
  ])('accepts %s', (_, name, value) => {
    expect(isShareable(name, value)).toBe(true);
  });

  it.each<[what: string, name: string, value: string]>([
    ['a field with an invite', 'body.invite', 'x'],
    ['a field with a guest', 'body.guest', 'x'],
    ['a field with a knock', 'body.knock', 'x'],
    ['a field with a token', 'body.token', 'x'],
    ['a JWT in another field', 'body.data', jwt],
    ['the start of a JWT, as it is typed', 'body.data', jwt.slice(0, 9)],
    ['a JWT in a text', 'path.name', `token=${jwt}`],
    ['a T1 token', 'body.data', 'T1==cGFydG5lcl9pZD0x'],
    ['a T1 token, encoded', 'body.data', `T1%3D%3D${'cGFydG5lcl9pZD0x'.repeat(3)}`],
    ['an invite in another field', 'path.name', `standup.${'i'.repeat(16)}.${'s'.repeat(43)}`],
    ['an API secret', 'body.data', '0123456789abcdef0123456789abcdef01234567'],
    ['a private key', 'body.data', `-----BEGIN PRIVATE KEY-----${'M'.repeat(64)}`],
    ['a long text', 'body.data', 'word '.repeat(61)],
  ])('rejects %s', (_, name, value) => {
    expect(isShareable(name, value)).toBe(false);
  });
});

describe('toHash() and readAddress()', () => {
  it.each<Address>([
    { view: 'room', operation: '', values: {} },
    { view: 'room', operation: '', values: { room: 'a room & more', as: 'guest' } },
    { view: 'api', operation: 'joinRoom', values: { 'path.name': 'ü?#/%', 'body.e2ee': 'true' } },
    { view: 'token', operation: '', values: {} },
  ])('keep %j', (address) => {
    expect(readAddress(toHash(address))).toEqual(address);
  });

  it('omit empty values and secrets in both directions', () => {
    const values = { 'path.name': '', 'body.invite': 'secret', 'body.data': jwt };
    expect(toHash({ view: 'api', operation: 'joinAsGuest', values })).toBe('#/api/joinAsGuest');
    const read = readAddress(`#/api/joinAsGuest?body.invite=secret&body.name=Ada`);
    expect(read?.values).toEqual({ 'body.name': 'Ada' });
  });

  it.each(['', '#main', '#invite=x', '#/', '#/other', '#/api/a/b', '#/api/<x>'])(
    'readAddress() returns undefined for %j',
    (hash) => {
      expect(readAddress(hash)).toBeUndefined();
    },
  );
});
