/**
 * Rooms: the table that keeps them, the routes of joinRoom and manageRoom, and what the functions with
 * rooms know.
 */

import { variablesOf } from '../parameters.js';
import { dynamoDb } from './endpoints.js';
import { readValues } from './functions.js';
import { authorizer } from './http-api.js';
import { publishingEnvironment, roomBusName } from './results.js';

export async function stack(context) {
  const { protectRooms } = await readValues(context);
  return {
    Resources: {
      RoomsTable: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          BillingMode: 'PAY_PER_REQUEST',
          // One partition per room: its own item and whatever belongs to it.
          AttributeDefinitions: [
            { AttributeName: 'room', AttributeType: 'S' },
            { AttributeName: 'item', AttributeType: 'S' },
          ],
          KeySchema: [
            { AttributeName: 'room', KeyType: 'HASH' },
            { AttributeName: 'item', KeyType: 'RANGE' },
          ],
          TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
          SSESpecification: { SSEEnabled: true },
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          DeletionProtectionEnabled: protectRooms,
        },
      },
    },
    Outputs: { RoomsTableName: { Description: 'Table of rooms', Value: { Ref: 'RoomsTable' } } },
  };
}

/**
 * `provider.deletionProtection`: of the stack, which would otherwise be half deleted when its turn
 * comes to the table. Null leaves it as it is (deploy/plugins/protect-rooms.js takes it off).
 */
export async function deletionProtection(context) {
  const { protectRooms } = await readValues(context);
  return protectRooms ? true : null;
}

/** Those of the vendor's sample servers only with `sampleRoutes=true`. */
export async function joinRoomRoutes(context) {
  const { sampleRoutes } = await readValues(context);
  return buildRoutes(context, [
    'POST /rooms/{name}/tokens',
    ...(sampleRoutes ? ['GET /room/{name}', 'GET /session', 'GET /session/{name}'] : []),
  ]);
}

export function manageRoomRoutes(context) {
  return buildRoutes(context, ['GET /rooms/{name}', 'PUT /rooms/{name}', 'DELETE /rooms/{name}']);
}

function buildRoutes(context, keys) {
  return Promise.all(
    keys.map(async (key) => {
      const [method, path] = key.split(' ');
      return { httpApi: { method, path, authorizer: await authorizer(context) } };
    }),
  );
}

/** Variables of joinRoom. */
export async function joinRoomEnvironment(context) {
  return { ...variablesOf(await readValues(context), 'joinRoom'), ...tableEnvironment };
}

/** Variables of manageRoom. */
export async function manageRoomEnvironment(context) {
  return { ...variablesOf(await readValues(context), 'manageRoom'), ...tableEnvironment };
}

/** Variables of openRoom. */
export async function openRoomEnvironment(context) {
  return {
    ...variablesOf(await readValues(context), 'openRoom'),
    ...tableEnvironment,
    ...publishingEnvironment(await roomBusName(context)),
  };
}

const tableEnvironment = {
  ROOMS_TABLE: { Ref: 'RoomsTable' },
  AWS_ENDPOINT_URL_DYNAMODB: dynamoDb,
};
