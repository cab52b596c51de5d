/**
 * Settings of routes that are gone, which CloudFormation leaves in the API's stage and API Gateway
 * then refuses every change of the stage for.
 */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { AwsError, type Operations, startFakeAws } from '../support/fake-aws.ts';
import { drivePlugin, noStack, runningStack } from '../support/plugin.ts';

const startAws = closedAfterEach(startFakeAws);
afterEach(() => vi.restoreAllMocks());

const ofGuests = 'POST /invites/tokens';
const stage = '/v2/apis/api1/stages/%24default';
const removal = `DELETE ${stage}/routesettings/${encodeURIComponent(ofGuests)}`;

function apiWith(settings: readonly string[], ...pages: (readonly string[])[]): Operations {
  const remaining = pages.map((keys, index) => ({
    items: keys.map((routeKey) => ({ routeKey })),
    ...(index < pages.length - 1 && { nextToken: String(index + 1) }),
  }));
  return {
    ...runningStack({}, { HttpApiId: 'api1' }),
    [`GET ${stage}`]: () => ({
      routeSettings: Object.fromEntries(settings.map((key) => [key, {}])),
    }),
    'GET /v2/apis/api1/routes': () => remaining.shift() ?? expect.fail('no page more'),
    [removal]: () => ({}),
  };
}

async function run(operations: Operations, hook = 'before:deploy:deploy') {
  const aws = await startAws(operations);
  const plugin = await drivePlugin('route-settings', { aws });
  await plugin.run(hook);
  const calls = aws.calls().filter((call) => call.includes('/v2/'));
  return { calls, removed: calls.filter((call) => call.startsWith('DELETE')), ...plugin };
}

describe('settings of a route', () => {
  it.each(['before:deploy:deploy', 'after:deploy:deploy', 'before:rollback:rollback'])(
    'that is gone are taken away: %s',
    async (hook) => {
      const { removed, logged } = await run(apiWith([ofGuests], ['POST /sessions']), hook);
      expect(removed).toEqual([removal]);
      expect(logged).toEqual([
        'Removed the settings of the former route POST /invites/tokens from the API',
      ]);
    },
  );

  it.each([
    ['on the only page', [[ofGuests]]],
    ['on a later page', [['POST /sessions'], [ofGuests]]],
  ])('that is there stay: %s', async (_, pages) => {
    expect((await run(apiWith([ofGuests], ...pages))).removed).toEqual([]);
  });
});

describe('nothing is taken away', () => {
  it('where no route has settings, whose routes nobody asks for', async () => {
    expect((await run(apiWith([]))).calls).toEqual([`GET ${stage}`]);
  });

  it.each([
    ['a stack that is not there', noStack],
    ['a stack without an API', runningStack({})],
  ])('from %s', async (_, operations) => {
    expect((await run(operations)).calls).toEqual([]);
  });

  it('from an API that is gone', async () => {
    const gone = () => {
      throw new AwsError('NotFoundException', 'Invalid API identifier specified');
    };
    const { calls } = await run({ ...apiWith([]), [`GET ${stage}`]: gone });
    expect(calls).toHaveLength(1);
  });

  it('where nobody may look, and that is said', async () => {
    const said = vi.spyOn(console, 'error').mockReturnValue();
    const denied = () => {
      throw new AwsError('AccessDeniedException', 'apigateway:GET is not allowed');
    };
    await run({ ...apiWith([]), [`GET ${stage}`]: denied });
    expect(said).toHaveBeenCalledWith(
      'The API was not searched for settings of removed routes: apigateway:GET is not allowed',
    );
  });

  it('while API Gateway fails, which ends the deployment', async () => {
    const failing = () => {
      throw new AwsError('TooManyRequestsException', 'slow down');
    };
    await expect(run({ ...apiWith([]), [`GET ${stage}`]: failing })).rejects.toThrow('slow down');
  });
});
