import { describe, expect, it } from 'vitest';
import { type Caller, TRUSTED } from '../../lib/domain/access.ts';
import { assertHost, assertMayEnter, isHost } from '../../lib/domain/room-access.ts';
import { ROLES } from '../../lib/domain/token-request.ts';
import { catchFault } from '../support/faults.ts';

function user(maxRole: (typeof ROLES)[number], rooms?: readonly string[]): Caller {
  return { kind: 'user', subject: 'ada', maxRole, rooms };
}

describe('a host', () => {
  it('is every trusted caller', () => {
    expect(isHost(TRUSTED)).toBe(true);
  });

  it.each(ROLES)('is an end user with the role moderator only: %s', (role) => {
    expect(isHost(user(role))).toBe(role === 'moderator');
  });

  it.each(ROLES.filter((role) => role !== 'moderator'))('is told apart from %s', async (role) => {
    const fault = await catchFault(() => assertHost(user(role), 'standup'));
    expect(fault).toMatchObject({ name: 'ForbiddenError', status: 403 });
  });

  it('sees and closes only rooms on the own list', async () => {
    expect(() => assertHost(user('moderator', ['standup']), 'standup')).not.toThrow();
    const fault = await catchFault(() => assertHost(user('moderator', ['standup']), 'other'));
    expect(fault.name).toBe('ForbiddenError');
  });
});

describe('a list of rooms', () => {
  it.each([
    ['none', TRUSTED],
    ['none', user('publisher')],
    ['one with the room', user('publisher', ['other', 'standup'])],
  ])('that lets in is %s', (_list, caller) => {
    expect(() => assertMayEnter(caller, 'standup')).not.toThrow();
  });

  it.each([
    ['an empty one', []],
    ['one without the room', ['other']],
    ['one with the room in other letters', ['Standup']],
    ['one with a part of the name', ['stand', 'standup2']],
  ])('that keeps out is %s', async (_list, rooms) => {
    for (const role of ROLES) {
      const fault = await catchFault(() => assertMayEnter(user(role, rooms), 'standup'));
      expect(fault).toMatchObject({ name: 'ForbiddenError', status: 403 });
    }
  });
});
