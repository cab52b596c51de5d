import { describe, expect, it } from 'vitest';
import { ROLES } from '../../lib/domain/token-request.ts';
import { readConfig } from '../../lib/wiring/config.ts';
import { createEnvironmentReader } from '../../lib/wiring/environment.ts';

const secretsManagerUrl = 'https://secretsmanager.eu-west-1.amazonaws.com';

/** The configuration and what was found wrong with it, where the deployment told the endpoint. */
function read(environment: Record<string, string | undefined>) {
  const endpoint = { AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManagerUrl };
  const reader = createEnvironmentReader({ ...endpoint, ...environment });
  return { config: readConfig(reader), problems: reader.problems };
}

describe('the configuration', () => {
  it('needs nothing but the secret and where to read it', () => {
    expect(read({ SECRET_ID: 'opentok/project' })).toEqual({
      config: {
        secretId: 'opentok/project',
        auth: 'iam',
        roleClaim: 'opentok_role',
        defaultRole: 'publisher',
        roomsClaim: undefined,
        roomsOnly: false,
        maxTokenSeconds: undefined,
        secretTtlSeconds: 300,
        secretStaleSeconds: 3600,
        videoApiUrl: undefined,
        secretsManagerUrl,
        eventBusName: 'default',
        eventBridgeUrl: '',
      },
      problems: [],
    });
  });

  it('is read from its variables', () => {
    const environment = {
      SECRET_ID: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:opentok-AbCdEf',
      AUTH: 'jwt',
      ROLE_CLAIM: 'custom:role',
      DEFAULT_ROLE: 'none',
      ROOMS_CLAIM: 'rooms',
      ROOMS_ONLY: 'true',
      MAX_TOKEN_SECONDS: '600',
      SECRET_TTL_SECONDS: '60',
      SECRET_STALE_SECONDS: '0',
      VIDEO_API_URL: 'http://127.0.0.1:1/',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:2',
      EVENT_BUS_NAME: 'results',
      AWS_ENDPOINT_URL_EVENTBRIDGE: 'http://127.0.0.1:3',
    };
    expect(read(environment)).toEqual({
      config: {
        secretId: environment.SECRET_ID,
        auth: 'jwt',
        roleClaim: 'custom:role',
        defaultRole: 'none',
        roomsClaim: 'rooms',
        roomsOnly: true,
        maxTokenSeconds: 600,
        secretTtlSeconds: 60,
        secretStaleSeconds: 0,
        videoApiUrl: 'http://127.0.0.1:1',
        secretsManagerUrl: 'http://127.0.0.1:2',
        eventBusName: 'results',
        eventBridgeUrl: 'http://127.0.0.1:3',
      },
      problems: [],
    });
  });

  it.each([
    ['Secrets Manager', { AWS_ENDPOINT_URL_SECRETS_MANAGER: '' }, 'SECRETS_MANAGER'],
    ['EventBridge, once there is a bus', { EVENT_BUS_NAME: 'results' }, 'EVENTBRIDGE'],
  ])('does not guess where %s is', (_scenario, environment, id) => {
    expect(read(environment).problems).toContainEqual(
      expect.stringMatching(`^AWS_ENDPOINT_URL_${id} must be the address of `),
    );
  });

  it('takes one endpoint for all services, as AWS does, and the one of a service before it', () => {
    const environment = {
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: '',
      AWS_ENDPOINT_URL_EVENTBRIDGE: 'http://127.0.0.1:2',
    };
    expect(read({ SECRET_ID: 'x', ...environment })).toMatchObject({
      config: { secretsManagerUrl: 'http://127.0.0.1:1', eventBridgeUrl: 'http://127.0.0.1:2' },
      problems: [],
    });
  });

  it('takes an empty variable for an absent one, as a template leaves it', () => {
    const names = [
      ...['AUTH', 'ROLE_CLAIM', 'DEFAULT_ROLE', 'ROOMS_CLAIM', 'ROOMS_ONLY'],
      ...['MAX_TOKEN_SECONDS', 'VIDEO_API_URL', 'EVENT_BUS_NAME'],
    ];
    const empty = Object.fromEntries(names.map((name) => [name, '']));
    expect(read({ SECRET_ID: 'x', ...empty })).toEqual(read({ SECRET_ID: 'x' }));
  });

  it.each([
    ['30 days', '2592000', []],
    [
      '30 days and a second',
      '2592001',
      ['MAX_TOKEN_SECONDS must be whole seconds from 1 to 2592000'],
    ],
    ['no time', '0', ['MAX_TOKEN_SECONDS must be whole seconds from 1 to 2592000']],
  ])("bounds tokens to the platform's 30 days: %s", (_scenario, value, problems) => {
    expect(read({ SECRET_ID: 'x', MAX_TOKEN_SECONDS: value }).problems).toEqual(problems);
  });

  it('names every variable that is wrong, all at once', () => {
    const environment = {
      AUTH: 'NONE',
      DEFAULT_ROLE: 'admin',
      ROOMS_ONLY: 'yes',
      MAX_TOKEN_SECONDS: '1h',
      SECRET_TTL_SECONDS: '0',
      SECRET_STALE_SECONDS: '-1',
      VIDEO_API_URL: 'api',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: 'sm',
      AWS_ENDPOINT_URL_EVENTBRIDGE: 'eb',
    };
    expect(read(environment).problems.sort()).toEqual([
      'AUTH must be one of iam, jwt, none',
      'AWS_ENDPOINT_URL_EVENTBRIDGE must be an http: or https: URL without user, query and fragment',
      'AWS_ENDPOINT_URL_SECRETS_MANAGER must be an http: or https: URL without user, query and fragment',
      'DEFAULT_ROLE must be one of subscriber, publisher, moderator, publisheronly, none',
      'MAX_TOKEN_SECONDS must be whole seconds from 1 to 2592000',
      'ROOMS_ONLY must be one of true, false',
      'SECRET_ID must be the name or ARN of the secret',
      'SECRET_STALE_SECONDS must be whole seconds from 0 to 86400',
      'SECRET_TTL_SECONDS must be whole seconds from 1 to 86400',
      'VIDEO_API_URL must be an http: or https: URL without user, query and fragment',
    ]);
  });

  it.each([
    [{}, false],
    [{ ROOMS_ONLY: 'true' }, true],
    [{ ROOMS_ONLY: 'false' }, false],
    [{ ROOMS_CLAIM: 'rooms' }, true],
    [{ ROOMS_CLAIM: 'rooms', ROOMS_ONLY: 'false' }, true],
    [{ ROOMS_CLAIM: '' }, false],
  ])('gives end users tokens by room alone with %j: %s', (environment, roomsOnly) => {
    expect(read({ SECRET_ID: 'x', ...environment }).config).toMatchObject({ roomsOnly });
  });

  it.each([...ROLES, 'none'])('may have the default role %s', (DEFAULT_ROLE) => {
    expect(read({ SECRET_ID: 'x', DEFAULT_ROLE }).config.defaultRole).toBe(DEFAULT_ROLE);
  });

  it('that is wrong never falls back to letting everybody in', () => {
    for (const AUTH of ['None', 'none ', 'off', 'false', '0']) {
      expect(read({ SECRET_ID: 'x', AUTH }).config.auth).toBe('iam');
    }
  });
});
