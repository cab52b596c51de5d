import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parametersOf, rules } from '../../deploy/parameters.js';
import { readParameters } from '../../deploy/read-parameters.js';
import { copyService, runServerless } from '../../tools/package-service.ts';
import { describeParameters } from '../../tools/parameters-page.ts';
import { deployments } from '../../tools/rehearsal/deployments.ts';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { startFakeAws } from '../support/fake-aws.ts';
import { drivePlugin } from '../support/plugin.ts';

const endUsers = deployments.jwt;

/** The values of a deployment that gives nothing. */
const defaults = Object.fromEntries(
  Object.entries(parametersOf('dev')).map(([name, parameter]) => [name, parameter.default]),
);
const faultsOf = (given: Record<string, unknown>) =>
  readParameters({ ...defaults, ...given }).faults;

describe('accepts', () => {
  it.each(Object.entries(deployments))('%s', (_, params) => {
    expect(faultsOf(params)).toEqual([]);
  });

  it.each([
    ['secretId', 'team/video_project+1=a.b@c'],
    ['secretId', 'arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:a-b-XyZ123'],
    ['issuer', 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI'],
    ['roleClaim', 'https://example.com/claims/role'],
    ['roleClaim', 'custom:role'],
    ['roleClaim', 'a:b'],
    ['roleClaim', 'urn:example.com:role'],
    ['roleClaim', 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role'],
    ['roleClaim', 'example.com/role'],
    ['roleClaim', 'cognito:groups'],
    ['roleClaim', 'role-of_user'],
    ['roomsClaim', 'https://example.com/rooms'],
    ['issuer', 'https://login.microsoftonline.com/11111111-2222-4333-8444-555555555555/v2.0'],
    ['issuer', 'https://login.microsoftonline.com/contoso.onmicrosoft.com/v2.0'],
    ['issuer', 'https://keycloak.example.com/realms/common'],
    ['issuer', 'https://auth.your-move.example/'],
    ['issuer', 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_ABCDEFGHI'],
    ['issuer', 'https://securetoken.google.com/my-project'],
    ...['subscriber', 'publisher', 'moderator', 'publisheronly', 'none'].map(
      (role): [string, string] => ['defaultRole', role],
    ),
    ['roomsOnly', 'true'],
    ['maxTokenSeconds', '1'],
    ['guestRequestsPerMinute', '1'],
    ['guestRequestsPerMinute', '10000'],
    ['maxTokenSeconds', '2592000'],
    ['videoApiUrl', 'http://127.0.0.1:4010'],
    ['videoApiUrl', 'http://localhost'],
    ['videoApiUrl', 'https://api.opentok.com/base/'],
    ['issuer', 'https://login.example.com/@team'],
    ['corsOrigins', 'https://a.example.com,https://b.example.com:8443'],
    ['eventBus', 'arn:aws:events:us-east-1:123456789012:event-bus/bookings'],
    ['tags', 'team=video'],
    ['tags', 'team=video, Kosten:Stelle=a=b/c.d_e-f+g:h@i, empty=, owner=größe'],
    ['tags', `${'k'.repeat(128)}=${'v'.repeat(256)}`],
    ['accept', 'auth,SessionRequests,RoomsTable.PointInTimeRecovery'],
  ])('%s=%s', (name, value) => {
    expect(faultsOf({ ...endUsers, [name]: value })).toEqual([]);
  });
});

describe('rejects by name', () => {
  it.each([
    ['auth', 'IAM'],
    ['auth', 'cognito'],
    ['issuer', 'http://login.example.com/'],
    ['issuer', 'login.example.com'],
    ['issuer', 'https://login.microsoftonline.com/{tenantid}/v2.0'],
    ['issuer', 'https://login.microsoftonline.com/<tenant>/v2.0'],
    ['issuer', 'https://login.microsoftonline.com/%7Btenantid%7D/v2.0'],
    ['issuer', 'https://login.microsoftonline.com/common/v2.0'],
    ['issuer', 'https://login.microsoftonline.us/organizations/v2.0'],
    ['issuer', 'https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000/v2.0'],
    ['issuer', 'https://YOUR_DOMAIN.auth0.com/'],
    ['issuer', 'https://your-domain.okta.com/oauth2/default'],
    ['issuer', 'https://login.example.com/TENANT_ID'],
    ['issuer', 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_XXXXXXXXX'],
    ['issuer', 'https://login.example.com/[realm]'],
    ['issuer', 'https://login.example.com/...'],
    ['roleClaim', 'realm_access.roles'],
    ['roleClaim', 'resource_access.my-client.roles'],
    ['roleClaim', 'realm_access/roles'],
    ['roleClaim', '/realm_access/roles'],
    ['roleClaim', '$.realm_access.roles'],
    ['roleClaim', 'realm_access[roles]'],
    ['roleClaim', 'realm_access->roles'],
    ['roomsClaim', 'video.rooms'],
    ['audience', 'web client'],
    ['audience', 'web,'],
    ['maxTokenSeconds', '0'],
    ['maxTokenSeconds', '2592001'],
    ['maxTokenSeconds', '1e3'],
    ['secretId', 'name with space'],
    ['secretId', 'opentok*'],
    ['secretId', 'arn:aws:secretsmanager:us-east-1:123456789012:secret:project'],
    ['secretKeyArn', 'arn:aws:kms:us-east-1:123456789012:alias/project'],
    ['secretStaleSeconds', '-1'],
    ['videoApiUrl', 'http://api.opentok.com'],
    ['videoApiUrl', 'http://localhost.example.com'],
    ['videoApiUrl', 'https://api.opentok.com?x'],
    ['videoApiUrl', 'https://'],
    ['videoApiUrl', 'https://user:password@api.opentok.com'],
    ['videoApiUrl', 'https://[api'],
    ['issuer', 'https://user@login.example.com/'],
    ['issuer', 'https://[login'],
    ['logRetentionDays', '31'],
    ['throttleRate', '0'],
    ['reservedConcurrency', '0'],
    ['corsOrigins', '*'],
    ['corsOrigins', 'https://*.example.com'],
    ['corsOrigins', 'https://app.example.com/'],
    ['corsOrigins', 'http://app.example.com'],
    ['tracing', 'yes'],
    ['alarmTopicArn', 'alarms'],
    ['requestTopicArn', 'arn:aws:sns:us-east-1:123456789012:requests.fifo'],
    ['alarmFaultPercent', '101'],
    ['alarmFaultCount', '0'],
    ['alarmQueueAgeSeconds', '59'],
    ['dashboard', 'on'],
    ['queueConcurrency', '1'],
    ['queueConcurrency', '1001'],
    ['eventTrigger', 'on'],
    ['eventDetailType', 'OpenTok Session Created'],
    ['eventDetailType', 'OpenTok Session Failed'],
    ['resultBus', 'two words'],
    ['defaultRole', 'admin'],
    ['defaultRole', 'None'],
    ['roomsClaim', 'my rooms'],
    ['roomsOnly', 'yes'],
    ['openRooms', 'yes'],
    ['roomTtlDays', '0'],
    ['roomTtlDays', '3651'],
    ['roomCacheSeconds', '86401'],
    ['guests', 'yes'],
    ['guestRequestsPerMinute', '0'],
    ['guestRequestsPerMinute', '10001'],
    ['guestThrottleRate', '0'],
    ['guestThrottleRate', '10001'],
    ['guestThrottleBurst', '5001'],
    ['inviteResults', 'on'],
    ['protectRooms', '1'],
    ['sampleRoutes', 'on'],
    ['describe', 'yes'],
    ['roomEventTrigger', 'on'],
    ['roomEventDetailType', 'OpenTok Room Opened'],
    ['roomEventDetailType', 'OpenTok Room Failed'],
    ['roomEventDetailType', 'OpenTok Session Requested'],
    ['roomQueueTrigger', 'on'],
    ['tags', 'team'],
    ['tags', 'aws:team=video'],
    ['tags', 'AWS:team=video'],
    ['tags', 'team=video;owner=x'],
    ['tags', '=video'],
    ['tags', `${'k'.repeat(129)}=`],
    ['tags', `k=${'v'.repeat(257)}`],
    ['tags', 'team=a,team=b'],
    // IAM ignores case here and rejects a role with both.
    ['tags', 'team=a,Team=b'],
    ['tags', 'größe=x'],
    ['tags', 'owner@team=x'],
    ['accept', 'a queue'],
  ])('%s=%s', (name, value) => {
    const faults = faultsOf({ ...endUsers, [name]: value });
    expect(faults).toEqual([expect.stringMatching(`^${name} cannot be`)]);
    expect(faults[0]).toContain(value);
  });

  it.each(['realm_access.roles', 'video.rooms'])('the nested claim %s, with the remedy', (path) => {
    for (const name of ['roleClaim', 'roomsClaim']) {
      expect(faultsOf({ [name]: path })).toEqual([
        expect.stringMatching(/top-level claims only.*a protocol mapper.*name of that claim$/),
      ]);
    }
  });

  it.each(['auth', 'roleClaim', 'secretId', 'logRetentionDays', 'eventBus', 'resultBus'])(
    '%s left empty',
    (name) => {
      expect(faultsOf({ [name]: '' })).toEqual([
        expect.stringMatching(`^${name} is missing: give`),
      ]);
    },
  );

  it.each(['issuer', 'audience'] as const)('auth=jwt without %s', (name) => {
    expect(faultsOf({ ...endUsers, [name]: '' })).toEqual([
      expect.stringMatching(`^${name} is missing: auth=jwt needs`),
    ]);
  });

  it.each(['issuer', 'audience'] as const)('%s given without auth=jwt', (name) => {
    expect(faultsOf({ [name]: endUsers[name] })).toEqual([
      `${name} has no effect with auth=iam: set auth=jwt, or omit it`,
    ]);
  });

  it.each([
    ['true', '', 1],
    ['true', '7', 0],
    ['false', '', 0],
  ])('openRooms=%s with roomTtlDays=%j: %i', (openRooms, roomTtlDays, count) => {
    const faults = faultsOf({ openRooms, roomTtlDays });
    expect(faults).toHaveLength(count);
    if (count > 0) {
      expect(faults[0]).toBe(
        'roomTtlDays is missing: openRooms=true needs a whole number from 1 to 3650, because otherwise anyone who may join can fill the table with rooms that never expire',
      );
    }
  });

  it('corsOrigins with auth=iam and without guests', () => {
    const given = { corsOrigins: 'https://app.example.com' };
    expect(faultsOf(given)).toEqual([
      expect.stringMatching(/^corsOrigins has no effect with auth=iam/),
    ]);
    expect(faultsOf({ ...endUsers, ...given })).toEqual([]);
    // Guests call from a page.
    expect(faultsOf({ ...given, guests: 'true' })).toEqual([]);
    expect(faultsOf({ ...given, auth: 'none' })).toEqual([]);
  });

  const domain = {
    domainName: 'video.example.com',
    certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/1a-2b',
    hostedZoneId: 'Z0123456789ABC',
  };

  it('a custom domain without a certificate, but not one with DNS elsewhere', () => {
    expect(faultsOf(domain)).toEqual([]);
    expect(faultsOf({ ...domain, hostedZoneId: '' })).toEqual([]);
    expect(faultsOf({ ...domain, certificateArn: '' })).toEqual([
      expect.stringMatching('^certificateArn is missing: domainName needs'),
    ]);
  });

  it.each(['certificateArn', 'hostedZoneId'] as const)('%s without a custom domain', (name) => {
    expect(faultsOf({ [name]: domain[name] })).toEqual([
      expect.stringMatching(`^domainName is missing: ${name} needs`),
    ]);
  });

  it.each([
    ['domainName', 'https://video.example.com'],
    ['domainName', 'video'],
    ['domainName', '*.example.com'],
    ['domainName', 'Video.example.com'],
    ['domainName', '-video.example.com'],
    ['domainName', `${'a'.repeat(64)}.example.com`],
    ['certificateArn', 'arn:aws:iam::123456789012:server-certificate/x'],
    ['hostedZoneId', '/hostedzone/Z0123456789ABC'],
  ])('a custom domain with %s=%s', (name, value) => {
    expect(faultsOf({ ...domain, [name]: value })).toEqual([
      expect.stringMatching(`^${name} cannot be`),
    ]);
  });

  it.each(
    Object.entries({ ...deployments['jwt, everything on'], ...domain }).filter(([, value]) =>
      value.startsWith('arn:'),
    ),
  )('%s in another region than the stack', (name, value) => {
    const given = { ...defaults, ...(name in domain && domain), [name]: value };
    expect(readParameters(given, 'us-east-1').faults).toEqual([]);
    expect(readParameters(given).faults).toEqual([]);
    const far = readParameters(given, 'eu-west-1').faults;
    expect(far).toEqual([
      `${name} cannot be "${value}": it is in us-east-1, and this stack is in eu-west-1`,
    ]);
  });

  it('every fault at once', () => {
    expect(faultsOf({ auth: 'jwt', tracing: 'x', throttleRate: '-' })).toHaveLength(4);
  });
});

describe('recorded parameters', () => {
  it('hold the accepted texts, without consent to one deployment', () => {
    const { recorded } = readParameters({
      ...defaults,
      ...endUsers,
      audience: ['a', 'b'],
      accept: 'auth',
      tags: '',
    });
    expect(recorded).toMatchObject({ auth: 'jwt', audience: 'a,b', throttleRate: '50' });
    expect(recorded).not.toHaveProperty('accept');
    expect(recorded).not.toHaveProperty('tags');
  });
});

describe('throttleRate', () => {
  it("mentions the account's own limit", () => {
    expect(rules['throttleRate']?.allowed).toContain("the account's own limit in the region");
  });
});

describe('docs/parameters.md', () => {
  it('is what deploy/parameters.js says (npm run docs:parameters)', async () => {
    const page = await readFile(new URL('../../docs/parameters.md', import.meta.url), 'utf8');
    expect(page).toBe(describeParameters());
  });
});

describe('the length of function names', () => {
  const startAws = closedAfterEach(startFakeAws);

  it.each([
    [64, ''],
    [65, 'the name of the stage is 1 characters too long'],
  ])('of %i characters: %j', async (length, fault) => {
    const plugin = await drivePlugin('check-parameters', { aws: await startAws({}) });
    plugin.service.functions.issueToken.name = 'x'.repeat(length);
    const said = await plugin.run('before:deploy:deploy').then(
      () => '',
      (cause: Error) => cause.message,
    );
    expect(said).toContain(fault);
    if (fault === '') expect(said).toBe('');
  });
});

describe('the serverless command', () => {
  it.concurrent.each([
    [
      { auth: 'jwt', ath: 'jwt' },
      ['issuer is missing', 'audience is missing', 'ath is not a parameter'],
    ],
    [{ auth: 'none' }, ['auth cannot be "none" in a deployment']],
    // Whatever is wrong, the file can be resolved as far as the check.
    [
      Object.fromEntries(Object.keys(rules).map((name) => [name, '\t'.concat('?? ,')])),
      ['auth cannot be', 'tracing cannot be', 'protectRooms cannot be', 'tags cannot be'],
    ],
  ])(
    'stops for %j before anything is created',
    async (params: Record<string, string>, faults) => {
      const service = await copyService();
      const { exitCode, output } = await runServerless({
        folder: service.folder,
        args: ['deploy'],
        params,
        // Nothing listens there; the deployment must stop before it calls AWS.
        environment: { AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_ACCESS_KEY_ID: 'none' },
      }).finally(service.remove);
      expect(exitCode).toBe(1);
      for (const fault of faults) expect(output).toContain(`- ${fault}`);
      expect(output).not.toContain('127.0.0.1');
    },
    120_000,
  );
});
