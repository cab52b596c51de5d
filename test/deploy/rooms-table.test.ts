/** `roomsTableName`: the functions use a table that is not part of the stack. */
import { describe, expect, it } from 'vitest';
import { modelStack } from '../../tools/stack-model.ts';
import { statementsOf } from '../support/stack-model.ts';

const roomsTableName = 'rooms.global-1';
const model = await modelStack({ roomsTableName, liveRooms: 'true' });
const arn = `arn:\${AWS::Partition}:dynamodb:\${AWS::Region}:\${AWS::AccountId}:table/${roomsTableName}`;
const functionNames = [
  ...['JoinRoom', 'JoinAsGuest', 'ManageRoom', 'OpenRoom', 'ReceiveCallback'],
  'CloseRooms',
];

describe('with roomsTableName', () => {
  it('creates no table, and still names it in the outputs', () => {
    expect(model.resources).not.toHaveProperty('RoomsTable');
    expect(JSON.stringify(model.resources)).not.toContain('RoomsTable');
    expect(model.outputs).toContain('RoomsTableName');
  });

  it.each(functionNames)('%s uses that table', (name) => {
    const { Environment } = model.resources[`${name}LambdaFunction`]?.Properties ?? {};
    expect(Environment).toMatchObject({ ROOMS_TABLE: roomsTableName });
    const [use] = statementsOf(model, `${name}Role`).filter(({ Sid }) => Sid === 'UseRooms');
    expect(use?.Resource).toEqual({ 'Fn::Sub': arn });
  });

  it('lets manageRoom list the rooms of that table', () => {
    const list = statementsOf(model, 'ManageRoomRole').find(({ Sid }) => Sid === 'ListRooms');
    expect(list).toMatchObject({
      Action: 'dynamodb:Query',
      Resource: { 'Fn::Sub': `${arn}/index/rooms` },
    });
  });

  it('lets callbacks read the index of that table', () => {
    const find = statementsOf(model, 'ReceiveCallbackRole').find(
      ({ Sid }) => Sid === 'FindRoomOfSession',
    );
    expect(find?.Resource).toEqual({ 'Fn::Sub': `${arn}/index/sessions` });
  });

  it('rejects protectRooms, which protects only a table of the stack', async () => {
    await expect(modelStack({ roomsTableName, protectRooms: 'true' })).rejects.toThrow(
      'protectRooms has no effect with roomsTableName',
    );
  });
});
