/**
 * The function that empties closed rooms, in deployments with `liveRooms=true`: it runs at the beginning of each minute,
 * reads the secret, uses the table of rooms, and calls the platform.
 */
import { functionNamesOf, logicalId, readValues } from './functions.js';
import { buildSecretRole, useRooms } from './roles.js';
import { tableEnvironment } from './rooms.js';

const functionName = 'closeRooms';

/** In seconds. Ends before the next run begins. */
const timeout = 50;

/** For serverless.yml, where null omits the function. */
export async function closeRooms(context) {
  const values = await readValues(context);
  if (!functionNamesOf(values).includes(functionName)) return null;
  return {
    handler: 'handlers/close-rooms.handler',
    role: logicalId(functionName, 'Role'),
    timeout,
    reservedConcurrency: values.reservedConcurrency,
    environment: tableEnvironment(values),
    events: [
      {
        schedule: {
          rate: ['cron(* * * * ? *)'],
          description: 'Each minute, for closeRooms',
          input: {},
        },
      },
    ],
  };
}

export async function stack(context) {
  const values = await readValues(context);
  if (!functionNamesOf(values).includes(functionName)) return {};
  return {
    Resources: {
      CloseRoomsRole: buildSecretRole(functionName, values, useRooms(functionName, values)),
    },
  };
}
