/**
 * Settings of the API that the deployed template does not have, and that CloudFormation leaves in API
 * Gateway.
 */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { AwsError, type Operations, startFakeAws } from '../support/fake-aws.ts';
import { drivePlugin, noStack, runningStack } from '../support/plugin.ts';

const startAws = closedAfterEach(startFakeAws);
afterEach(() => vi.restoreAllMocks());

const ofGuests = 'POST /invites/tokens';
const api = '/v2/apis/api1';
const stage = `${api}/stages/%24default`;
const hooks = [
  ...['before:deploy:deploy', 'after:deploy:deploy'],
  ...['before:rollback:rollback', 'after:rollback:rollback'],
];

/** Pages of a list operation, by the token of each page. */
function pages(...contents: (readonly object[])[]) {
  const remaining = contents.map((items, index) => ({
    items,
    ...(index < contents.length - 1 && { nextToken: String(index + 1) }),
  }));
  return () => remaining.shift() ?? expect.fail('no page more');
}

function apiWith({
  settings = [],
  routes = [[]],
  cors,
  authorizers = [],
  template = {},
}: {
  settings?: readonly string[];
  routes?: (readonly string[])[];
  cors?: object;
  authorizers?: readonly string[];
  template?: Parameters<typeof runningStack>[0];
}): Operations {
  const removed = Object.fromEntries(
    [
      `${stage}/routesettings/${encodeURIComponent(ofGuests)}`,
      `${api}/cors`,
      ...authorizers.map((name) => `${api}/authorizers/id-of-${name}`),
    ].map((path) => [`DELETE ${path}`, () => ({})]),
  );
  return {
    ...runningStack(template, { HttpApiId: 'api1' }),
    [`GET ${stage}`]: () => ({
      routeSettings: Object.fromEntries(settings.map((key) => [key, {}])),
    }),
    [`GET ${api}`]: () => ({ apiId: 'api1', ...(cors && { corsConfiguration: cors }) }),
    [`GET ${api}/routes`]: pages(...routes.map((keys) => keys.map((routeKey) => ({ routeKey })))),
    [`GET ${api}/authorizers`]: pages(
      authorizers.map((name) => ({ name, authorizerId: `id-of-${name}` })),
    ),
    ...removed,
  };
}

async function run(operations: Operations, hook = 'after:deploy:deploy') {
  const aws = await startAws(operations);
  const plugin = await drivePlugin('api-leftovers', { aws });
  await plugin.run(hook);
  const calls = aws.calls().filter((call) => call.includes('/v2/'));
  return { calls, removed: calls.filter((call) => call.startsWith('DELETE')), ...plugin };
}

describe('settings of routes', () => {
  it.each(hooks)('are removed if the route no longer exists: %s', async (hook) => {
    const operations = apiWith({ settings: [ofGuests], routes: [['POST /sessions']] });
    const { removed, logged } = await run(operations, hook);
    expect(removed).toEqual([`DELETE ${stage}/routesettings/${encodeURIComponent(ofGuests)}`]);
    expect(logged).toEqual([
      'Removed the settings of the former route POST /invites/tokens from the API',
    ]);
  });

  it.each([
    ['on the only page', [[ofGuests]]],
    ['on a later page', [['POST /sessions'], [ofGuests]]],
  ])('stay if the route exists: %s', async (_, routes) => {
    expect((await run(apiWith({ settings: [ofGuests], routes }))).removed).toEqual([]);
  });

  it('are not compared with routes if there are none', async () => {
    expect((await run(apiWith({}))).calls).not.toContain(`GET ${api}/routes`);
  });
});

describe('the CORS configuration', () => {
  const cors = { allowOrigins: ['https://app.example.com'] };
  const withCors = {
    Resources: {
      HttpApi: { Type: 'AWS::ApiGatewayV2::Api', Properties: { CorsConfiguration: {} } },
    },
  };
  const withoutCors = {
    Resources: { HttpApi: { Type: 'AWS::ApiGatewayV2::Api', Properties: {} } },
  };

  it.each(hooks)('is removed if the template has none: %s', async (hook) => {
    const { removed, logged } = await run(apiWith({ cors, template: withoutCors }), hook);
    expect(removed).toEqual([`DELETE ${api}/cors`]);
    expect(logged).toEqual([
      'Removed the CORS configuration for https://app.example.com from the API',
    ]);
  });

  it('stays if the template has one', async () => {
    expect((await run(apiWith({ cors, template: withCors }))).removed).toEqual([]);
  });
});

describe('authorizers', () => {
  const template = {
    Resources: {
      HttpApiAuthorizerEndUsers: {
        Type: 'AWS::ApiGatewayV2::Authorizer',
        Properties: { Name: 'endUsers' },
      },
    },
  };

  it('are removed if the template does not have them', async () => {
    const { removed } = await run(apiWith({ authorizers: ['endUsers', 'former'], template }));
    expect(removed).toEqual([`DELETE ${api}/authorizers/id-of-former`]);
    const { removed: withIam } = await run(apiWith({ authorizers: ['endUsers'] }));
    expect(withIam).toEqual([`DELETE ${api}/authorizers/id-of-endUsers`]);
  });
});

describe('nothing is removed', () => {
  it.each([
    ['a stack that does not exist', noStack],
    ['a stack without an API', runningStack({})],
  ])('from %s', async (_, operations) => {
    expect((await run(operations)).calls).toEqual([]);
  });

  it('from an API that does not exist', async () => {
    const missing = () => {
      throw new AwsError('NotFoundException', 'Invalid API identifier specified');
    };
    const { calls } = await run({ ...apiWith({}), [`GET ${stage}`]: missing });
    expect(calls).toHaveLength(1);
  });

  it('without the right to read the API, with a warning', async () => {
    const warn = vi.spyOn(console, 'error').mockReturnValue();
    const denied = () => {
      throw new AwsError('AccessDeniedException', 'apigateway:GET is not allowed');
    };
    await run({ ...apiWith({}), [`GET ${stage}`]: denied });
    expect(warn).toHaveBeenCalledWith(
      'The API was not searched for settings that were removed from the template: apigateway:GET is not allowed',
    );
  });

  it('while API Gateway fails, which ends the deployment', async () => {
    const failing = () => {
      throw new AwsError('TooManyRequestsException', 'slow down');
    };
    await expect(run({ ...apiWith({}), [`GET ${stage}`]: failing })).rejects.toThrow('slow down');
  });
});
