import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSessionRequest } from '../../../lib/domain/session-request.ts';
import type { Room } from '../../../lib/rooms/domain/room.ts';
import { fromItem, toItem } from '../../../lib/rooms/table/room-store.ts';
import type { Item } from '../../../lib/rooms/table/rooms-table.ts';
import { catchFault } from '../../support/faults.ts';
import { APPLICATION_ID, NOW_SECONDS, sessionIds, toSessionId } from '../../support/fixtures.ts';

const room: Room = {
  name: 'standup',
  sessionId: sessionIds.openTok,
  projectId: '123456',
  options: parseSessionRequest({ mediaMode: 'routed', location: '203.0.113.7' }),
  createdAtSeconds: NOW_SECONDS,
  expiresAtSeconds: undefined,
  rules: undefined,
  revision: undefined,
};

const ruled: Room = {
  ...room,
  rules: { admission: 'closed', opensAt: NOW_SECONDS - 60, closesAt: NOW_SECONDS - 1 },
  revision: 'first',
};

describe('the item of a room', () => {
  it('has an attribute for each field, and the time in whole seconds', () => {
    expect(toItem({ ...room, expiresAtSeconds: NOW_SECONDS + 60 })).toEqual({
      room: { S: 'standup' },
      item: { S: 'room' },
      listing: { S: 'rooms' },
      sessionId: { S: sessionIds.openTok },
      roomSessionId: { S: sessionIds.openTok },
      projectId: { S: '123456' },
      options: {
        S: '{"mediaMode":"routed","archiveMode":"manual","location":"203.0.113.7","e2ee":false}',
      },
      createdAt: { N: '1700000000' },
      expiresAt: { N: '1700000060' },
    });
  });

  it('has no time to live when the room has no end', () => {
    expect(toItem(room)).not.toHaveProperty('expiresAt');
  });

  it.each([
    ['without an end', room],
    ['with an end', { ...room, expiresAtSeconds: NOW_SECONDS + 60 }],
    ['with rules', ruled],
    [
      'with an archive',
      { ...room, options: parseSessionRequest({ mediaMode: 'routed', archiveMode: 'always' }) },
    ],
    [
      'of a Vonage application',
      { ...room, sessionId: sessionIds.vonage, projectId: APPLICATION_ID },
    ],
    [
      'with the project in capitals in its session id',
      {
        ...room,
        sessionId: toSessionId(`1~${APPLICATION_ID.toUpperCase()}~~1~x~~`),
        projectId: APPLICATION_ID,
      },
    ],
  ])('is read back as the room %s', (_which, original) => {
    expect(fromItem(toItem(original))).toEqual(original);
  });

  it('is of a room that closed long ago, too', () => {
    const { rules } = fromItem(toItem(ruled));
    expect(rules).toEqual(ruled.rules);
  });

  it('may have unknown attributes', () => {
    expect(fromItem({ ...toItem(room), colour: { S: 'green' } })).toEqual(room);
  });
});

describe('a malformed item', () => {
  const text: Item[string][] = [{ S: '' }, { N: '1' }, { NULL: true }, { L: [] }];
  const time: Item[string][] = [
    { S: '1700000000' },
    { N: '1.5' },
    { N: '-1' },
    { N: 'soon' },
    { N: '' },
    { N: '99999999999999' },
  ];
  const wrong: [attribute: string, ...values: Item[string][]][] = [
    ['sessionId', ...text, { S: 'x' }, { S: sessionIds.openTok2019 }],
    ['projectId', ...text],
    [
      'options',
      ...text,
      { S: '{' },
      { S: 'null' },
      { S: '[]' },
      { S: '{"mediaMode":"peer"}' },
      { S: '{"colour":"green"}' },
    ],
    ['rules', ...text, { S: '{' }, { S: 'null' }, { S: '[]' }, { S: '{"admission":"ajar"}' }],
    ['revision', ...text],
    ['createdAt', ...time],
    ['expiresAt', ...time],
  ];

  it.each(
    wrong.flatMap(([attribute, ...values]) => values.map((value) => [attribute, value] as const)),
  )('with the %s %j is named with its room', async (attribute, value) => {
    const fault = await catchFault(() => fromItem({ ...toItem(ruled), [attribute]: value }));
    expect(fault).toMatchObject({
      name: 'InvalidRoomItemError',
      status: 500,
      message: 'The room cannot be read.',
      reason: `The item of room standup is malformed: ${attribute}.`,
    });
  });

  it.each(['sessionId', 'projectId', 'options', 'createdAt', 'rules', 'revision'])(
    'without %s is named with its room',
    async (attribute) => {
      const { [attribute]: _, ...item } = toItem(ruled);
      expect((await catchFault(() => fromItem(item))).reason).toContain(`malformed: ${attribute}.`);
    },
  );

  it.each([[{}], [{ room: { S: 'a b' } }], [{ room: { N: '1' } }]])(
    'with no proper name says so: %j',
    async (item) => {
      const { room: _, ...rest } = toItem(room);
      expect((await catchFault(() => fromItem({ ...rest, ...item }))).reason).toContain('room.');
    },
  );

  it('is never anything but a fault, whatever stands in it', async () => {
    const value = fc.oneof(
      fc.record({ S: fc.string() }),
      fc.record({ N: fc.string() }),
      fc.record({ S: fc.json() }),
      fc.record({ BOOL: fc.boolean() }),
    );
    const attribute = fc.constantFrom(...Object.keys(toItem(ruled)), 'expiresAt');
    await fc.assert(
      fc.asyncProperty(attribute, value, async (name, changed) => {
        const item = { ...toItem(ruled), [name]: changed } as Item;
        try {
          fromItem(item);
        } catch (error) {
          expect(error).toMatchObject({ name: 'InvalidRoomItemError' });
        }
      }),
    );
  });
});
