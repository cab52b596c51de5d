/**
 * The function that receives the platform's callbacks, in deployments with `liveRooms=true`: it reads the secret,
 * uses the table of rooms, and publishes events on `resultBus`.
 */
import { callbackRoute } from '../optional-routes.js';
import { functionNamesOf, logicalId, readValues } from './functions.js';
import { buildPublishing, publishingEnvironment } from './results.js';
import { buildSecretRole, useRooms } from './roles.js';
import { indexArn, sessionIndex, tableEnvironment } from './rooms.js';

const functionName = 'receiveCallback';

/** For serverless.yml, where null omits the function. Without an authorizer: the function checks signatures. */
export async function receiveCallback(context) {
  const values = await readValues(context);
  if (!functionNamesOf(values).includes(functionName)) return null;
  const [method, path] = callbackRoute.split(' ');
  return {
    handler: 'handlers/receive-callback.handler',
    role: logicalId(functionName, 'Role'),
    reservedConcurrency: values.reservedConcurrency,
    environment: { ...tableEnvironment(values), ...publishingEnvironment(values.resultBus) },
    events: [{ httpApi: { method, path } }],
  };
}

export async function stack(context) {
  const values = await readValues(context);
  if (!functionNamesOf(values).includes(functionName)) return {};
  return {
    Resources: {
      ReceiveCallbackRole: buildSecretRole(functionName, values, [
        ...useRooms(functionName, values),
        findRooms(values),
      ]),
      PublishCallbacks: buildPublishing(functionName, values),
    },
  };
}

function findRooms(values) {
  return {
    Sid: 'FindRoomOfSession',
    Effect: 'Allow',
    Action: 'dynamodb:Query',
    Resource: indexArn(values, sessionIndex),
  };
}
