/**
 * The function that serves the API's document: only with `describe=true`, behind the authorizer of
 * all routes, and with a role that may write its log and nothing else.
 */
import { logicalId, readValues } from './functions.js';
import { authorizer } from './http-api.js';
import { allowTraces, buildLogRole } from './roles.js';

const functionName = 'describeApi';

/** For serverless.yml, which leaves out a function that is null. */
export async function describeApi(context) {
  const { describe, reservedConcurrency } = await readValues(context);
  if (!describe) return null;
  return {
    handler: 'handlers/describe-api.handler',
    role: logicalId(functionName, 'Role'),
    reservedConcurrency,
    events: [
      {
        httpApi: {
          method: 'GET',
          path: '/openapi.json',
          authorizer: await authorizer(context),
        },
      },
    ],
  };
}

export async function stack(context) {
  const values = await readValues(context);
  if (!values.describe) return {};
  const role = buildLogRole(functionName, allowTraces(values));
  return { Resources: { [logicalId(functionName, 'Role')]: role } };
}
