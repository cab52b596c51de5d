/**
 * Functions of a deployment with `describe=true`: describeApi serves the API's document and may only write
 * its log; inspectToken checks tokens and may also read the secret.
 */
import { logicalId, readValues } from './functions.js';
import { authorizer } from './http-api.js';
import { allowTraces, buildLogRole, buildSecretRole } from './roles.js';

/** For serverless.yml; osls omits a function that is null. */
export function describeApi(context) {
  const route = { method: 'GET', path: '/openapi.json' };
  return buildFunction(context, 'describeApi', { file: 'describe-api', routes: () => [route] });
}

/**
 * For serverless.yml. Only trusted callers may inspect tokens. With `auth=jwt` no HTTP caller is trusted, so
 * the function has no route and is invoked directly.
 */
export function inspectToken(context) {
  const route = { method: 'POST', path: '/tokens/inspect' };
  return buildFunction(context, 'inspectToken', {
    file: 'inspect-token',
    routes: ({ auth }) => (auth === 'jwt' ? [] : [route]),
  });
}

async function buildFunction(context, name, { file, routes }) {
  const values = await readValues(context);
  if (!values.describe) return null;
  const ofRoute = await authorizer(context);
  return {
    handler: `handlers/${file}.handler`,
    role: logicalId(name, 'Role'),
    reservedConcurrency: values.reservedConcurrency,
    events: routes(values).map((route) => ({ httpApi: { ...route, authorizer: ofRoute } })),
  };
}

export async function stack(context) {
  const values = await readValues(context);
  if (!values.describe) return {};
  return {
    Resources: {
      DescribeApiRole: buildLogRole('describeApi', values, allowTraces(values)),
      InspectTokenRole: buildSecretRole('inspectToken', values),
    },
  };
}
