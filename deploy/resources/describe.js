/**
 * The functions that only a deployment with `describe=true` has: one serves the API's document and may
 * write its log and nothing else; one inspects tokens and may read the secret as well.
 */
import { logicalId, readValues } from './functions.js';
import { authorizer } from './http-api.js';
import { allowTraces, buildLogRole, buildSecretRole } from './roles.js';

/** For serverless.yml, which leaves out a function that is null. */
export function describeApi(context) {
  const route = { method: 'GET', path: '/openapi.json' };
  return buildFunction(context, 'describeApi', { file: 'describe-api', routes: () => [route] });
}

/**
 * The same. Only trusted callers may have tokens inspected, and with `auth=jwt` no caller of a route
 * is one: there the function has none, and is invoked directly.
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
