import { describe, expect, it } from 'vitest';
import { type Caller, isHost, TRUSTED } from '../../../lib/domain/access.ts';
import { ROLES } from '../../../lib/domain/token-request.ts';
import type { RequestedOptions } from '../../../lib/rooms/domain/room.ts';
import {
  assertHost,
  assertMayEnter,
  decideCreation,
  refuseCreation,
} from '../../../lib/rooms/domain/room-access.ts';
import { catchFault } from '../../support/faults.ts';

function user(maxRole: (typeof ROLES)[number], rooms?: readonly string[]): Caller {
  return { kind: 'user', subject: 'ada', maxRole, rooms, roomsOnly: rooms !== undefined };
}

describe('a host', () => {
  it('is every trusted caller', () => {
    expect(isHost(TRUSTED)).toBe(true);
  });

  it.each(ROLES)('is an end user with the role moderator only: %s', (role) => {
    expect(isHost(user(role))).toBe(role === 'moderator');
  });

  it.each(ROLES.filter((role) => role !== 'moderator'))('is not %s', async (role) => {
    const fault = await catchFault(() => assertHost(user(role), 'standup'));
    expect(fault).toMatchObject({
      name: 'ForbiddenError',
      message: 'Only moderators see, change and close rooms.',
    });
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
      expect(fault).toMatchObject({
        name: 'ForbiddenError',
        message: 'This room is not among those that you may join.',
      });
    }
  });
});

describe('a room that does not exist', () => {
  it.each([
    ['a trusted caller', TRUSTED, 'any options', 'any options'],
    ['a moderator', user('moderator'), 'any options', 'any options'],
    ['a publisher', user('publisher'), 'none', 'default options'],
    ['a subscriber', user('subscriber'), 'none', 'default options'],
    ['a publisheronly', user('publisheronly'), 'none', 'default options'],
  ])('may be opened by %s: %s, where rooms are open: %s', (_who, caller, closed, open) => {
    expect(decideCreation(caller, false)).toBe(closed);
    expect(decideCreation(caller, true)).toBe(open);
  });

  const chosen: [options: string, requested: RequestedOptions][] = [
    ['archives', { mediaMode: 'routed', archiveMode: 'always' }],
    ['an archive’s resolution alone', { archiveResolution: '640x480' }],
    ['routed media', { mediaMode: 'routed' }],
    ['a location', { location: '203.0.113.7' }],
    ['encryption', { e2ee: true }],
    ['a name', { archiveName: 'x' }],
    ['one default and one other', { e2ee: false, mediaMode: 'routed' }],
  ];
  const defaults: [options: string, requested: RequestedOptions][] = [
    ['nothing', {}],
    ['a default', { mediaMode: 'relayed' }],
    ['all defaults', { mediaMode: 'relayed', archiveMode: 'manual', e2ee: false }],
  ];

  it.each(chosen)('is opened with %s only by who may choose', (_options, requested) => {
    expect(refuseCreation('any options', requested)).toBeUndefined();
    expect(refuseCreation('default options', requested)).toMatchObject({
      name: 'ForbiddenError',
      message: 'Only moderators choose the session options of a room. Omit `session`.',
    });
  });

  it.each(defaults)(
    'can be created with %s by every caller who may create it',
    (_options, requested) => {
      expect(refuseCreation('any options', requested)).toBeUndefined();
      expect(refuseCreation('default options', requested)).toBeUndefined();
    },
  );

  it.each([...chosen, ...defaults])('is not there for others: %s', (_options, requested) => {
    expect(refuseCreation('none', requested)).toMatchObject({
      name: 'RoomNotFoundError',
      message: 'There is no room of that name.',
    });
  });
});
