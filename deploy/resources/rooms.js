/**
 * Rooms: the table, the routes of joinRoom, joinAsGuest and manageRoom, and the environment of the functions
 * that use the table.
 */

import { optionalRoutes } from '../optional-routes.js';
import { variablesOf } from '../parameters.js';
import { dynamoDb } from './endpoints.js';
import { arnOf, readValues } from './functions.js';
import { authorizer } from './http-api.js';
import { publishingEnvironment, roomBusName } from './results.js';

export const tableKeys = [
  { AttributeName: 'room', KeyType: 'HASH' },
  { AttributeName: 'item', KeyType: 'RANGE' },
];

export const timeToLive = { AttributeName: 'expiresAt', Enabled: true };

/*
 * Indexes of the table. Only the item of a room has the attributes `listing` and `roomSessionId`, so writes of
 * guests do not cost a second write to an index.
 */

/**
 * Lists rooms by name (lib/rooms/table/room-list.ts). It has one partition, which takes 1,000 changes of rooms
 * per second. It has all attributes, so a page of rooms is one query and not a read per room.
 */
export const roomIndex = {
  IndexName: 'rooms',
  KeySchema: [
    { AttributeName: 'listing', KeyType: 'HASH' },
    { AttributeName: 'room', KeyType: 'RANGE' },
  ],
  Projection: { ProjectionType: 'ALL' },
};

/** Finds the room of a session (lib/rooms/table/session-rooms.ts). Callbacks name the session only. */
export const sessionIndex = {
  IndexName: 'sessions',
  KeySchema: [{ AttributeName: 'roomSessionId', KeyType: 'HASH' }],
  Projection: { ProjectionType: 'KEYS_ONLY' },
};

export async function stack(context) {
  const values = await readValues(context);
  const { protectRooms, dataKeyArn, liveRooms } = values;
  const Outputs = {
    RoomsTableName: { Description: 'Table of rooms', Value: tableName(values) },
  };
  if (values.roomsTableName) return { Outputs };
  return {
    Resources: {
      RoomsTable: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          BillingMode: 'PAY_PER_REQUEST',
          // One partition per room: its own item, invites, guests and knocks.
          AttributeDefinitions: [
            { AttributeName: 'room', AttributeType: 'S' },
            { AttributeName: 'item', AttributeType: 'S' },
            { AttributeName: 'listing', AttributeType: 'S' },
            ...(liveRooms ? [{ AttributeName: 'roomSessionId', AttributeType: 'S' }] : []),
          ],
          KeySchema: tableKeys,
          GlobalSecondaryIndexes: indexesOf(values),
          TimeToLiveSpecification: timeToLive,
          SSESpecification: {
            SSEEnabled: true,
            ...(dataKeyArn && { SSEType: 'KMS', KMSMasterKeyId: dataKeyArn }),
          },
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          DeletionProtectionEnabled: protectRooms,
        },
      },
    },
    Outputs,
  };
}

/**
 * The indexes that a deployment's table needs.
 *
 * @param {Record<string, any>} values of the parameters
 */
export function indexesOf({ liveRooms }) {
  return [roomIndex, ...(liveRooms ? [sessionIndex] : [])];
}

function tableName({ roomsTableName }) {
  return roomsTableName ?? { Ref: 'RoomsTable' };
}

/** The ARN of the table of rooms: the stack's table, or that of `roomsTableName`. */
export function tableArn({ roomsTableName }) {
  return roomsTableName ? { 'Fn::Sub': arnOfTable(roomsTableName) } : arnOf('RoomsTable');
}

/** The ARN of an index of the table. */
export function indexArn({ roomsTableName }, { IndexName }) {
  const table = roomsTableName ? arnOfTable(roomsTableName) : `\${RoomsTable.Arn}`;
  return { 'Fn::Sub': `${table}/index/${IndexName}` };
}

function arnOfTable(name) {
  return `arn:\${AWS::Partition}:dynamodb:\${AWS::Region}:\${AWS::AccountId}:table/${name}`;
}

/**
 * `provider.deletionProtection` of the stack, which would otherwise be half deleted when CloudFormation
 * reaches the table. Null leaves it unchanged (deploy/plugins/protect-rooms.js switches it off).
 */
export async function deletionProtection(context) {
  const { protectRooms } = await readValues(context);
  return protectRooms ? true : null;
}

/** Includes the routes of the vendor's sample servers with `sampleRoutes=true`. */
export async function joinRoomRoutes(context) {
  const { sampleRoutes } = await readValues(context);
  return buildRoutes(context, [
    'POST /rooms/{name}/tokens',
    ...(sampleRoutes ? (optionalRoutes.sampleRoutes ?? []) : []),
  ]);
}

/** Without an authorizer; osls then sets `AuthorizationType` to NONE. */
export async function joinAsGuestRoutes(context) {
  const { guests } = await readValues(context);
  return guests ? (optionalRoutes.guests ?? []).map(toEvent) : [];
}

export function manageRoomRoutes(context) {
  return buildRoutes(context, [
    'GET /rooms',
    ...['GET /rooms/{name}', 'PUT /rooms/{name}', 'DELETE /rooms/{name}'],
    ...['GET /rooms/{name}/invites', 'POST /rooms/{name}/invites'],
    'DELETE /rooms/{name}/invites/{inviteId}',
    ...['GET /rooms/{name}/knocks', 'PUT /rooms/{name}/knocks'],
    'PUT /rooms/{name}/knocks/{knockId}',
    ...['GET /rooms/{name}/participants', 'PUT /rooms/{name}/participants'],
    'PUT /rooms/{name}/participants/{participantId}',
  ]);
}

async function buildRoutes(context, keys) {
  const guarded = { authorizer: await authorizer(context) };
  return keys.map((key) => ({ httpApi: { ...toEvent(key).httpApi, ...guarded } }));
}

function toEvent(key) {
  const [method, path] = key.split(' ');
  return { httpApi: { method, path } };
}

/** Environment of joinRoom. */
export function joinRoomEnvironment(context) {
  return buildEnvironment(context, 'joinRoom');
}

/** Environment of joinAsGuest. */
export function joinAsGuestEnvironment(context) {
  return buildEnvironment(context, 'joinAsGuest');
}

/** Environment of manageRoom. */
export function manageRoomEnvironment(context) {
  return buildEnvironment(context, 'manageRoom');
}

/** Environment of openRoom. */
export async function openRoomEnvironment(context) {
  return {
    ...(await buildEnvironment(context, 'openRoom')),
    ...publishingEnvironment(await roomBusName(context)),
  };
}

async function buildEnvironment(context, functionName) {
  const values = await readValues(context);
  return { ...variablesOf(values, functionName), ...tableEnvironment(values) };
}

/** Environment of every function that uses the table. */
export function tableEnvironment(values) {
  return { ROOMS_TABLE: tableName(values), AWS_ENDPOINT_URL_DYNAMODB: dynamoDb };
}
