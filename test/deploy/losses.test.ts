/**
 * What a deployment would take away from the stack that runs: each rule with the change that breaks
 * it and one beside it that does not.
 */
import { describe, expect, inject, it } from 'vitest';
import { findFirstTables } from '../../deploy/first-tables.js';
import { compareConsent, findLosses } from '../../deploy/losses.js';
import { guestRouteId, optionalRoutes } from '../../deploy/optional-routes.js';

const { template, fullTemplate } = inject('packaged');
const namesOf = (...[before, after]: Parameters<typeof findLosses>) =>
  findLosses(before, after).map(({ name }) => name);

// biome-ignore lint/suspicious/noExplicitAny: a template's shape is CloudFormation's, not ours
type Resources = Record<string, any>;

/** The full template with one thing changed. */
function changed(change: (resources: Resources) => void) {
  const copy = structuredClone(fullTemplate);
  change(copy.Resources as Resources);
  return copy;
}

describe('nothing is lost', () => {
  it.each([
    ['by deploying the same again', fullTemplate, fullTemplate],
    ['by switching everything on for the same callers', template, changed(withIam)],
    ['by a first deployment over an empty stack', { Resources: {} }, fullTemplate],
    ['by a stack without resources', {}, template],
    [
      'by another timeout, an alarm less and a longer retention',
      fullTemplate,
      changed((resources) => {
        resources['SessionRequests'].Properties.VisibilityTimeout = 1;
        resources['IssueTokenLambdaFunction'].Properties.Timeout = 3;
        delete resources['FailedEventsAlarm'];
      }),
    ],
    [
      'by an index of the table and its attribute',
      fullTemplate,
      changed(({ RoomsTable: { Properties } }) => {
        Properties.AttributeDefinitions.push({ AttributeName: 'owner', AttributeType: 'S' });
        Properties.GlobalSecondaryIndexes = [{ IndexName: 'by-owner' }];
      }),
    ],
    [
      'by protecting the table',
      changed(({ RoomsTable }) => {
        RoomsTable.Properties.DeletionProtectionEnabled = false;
      }),
      fullTemplate,
    ],
    [
      'by opening the route of guests',
      changed((resources) => delete resources[guestRouteId]),
      fullTemplate,
    ],
    [
      'by a route that another function serves',
      fullTemplate,
      changed(({ HttpApiRoutePostSessions: { Properties } }) => {
        Properties.Target = 'integrations/other';
      }),
    ],
  ])('%s', (_, before, after) => {
    expect(findLosses(before, after)).toEqual([]);
  });
});

describe('a loss is told by name', () => {
  it.each<[string, string[], (resources: Resources) => void]>([
    ['other callers', ['auth'], withIam],
    [
      'another issuer',
      ['issuer'],
      ({ HttpApiAuthorizerEndUsers: { Properties } }) => {
        Properties.JwtConfiguration.Issuer = 'https://other.example.com/';
      },
    ],
    [
      'a client less',
      ['audience'],
      ({ HttpApiAuthorizerEndUsers: { Properties } }) => {
        Properties.JwtConfiguration.Audience = ['web-client'];
      },
    ],
    ['the route of guests less', ['guests'], (resources) => delete resources[guestRouteId]],
    [
      'one of the sample routes less',
      ['sampleRoutes'],
      (resources) => delete resources['HttpApiRouteGetSession'],
    ],
    [
      'a route less that no parameter has',
      ['HttpApiRoutePostSessions'],
      (resources) => delete resources['HttpApiRoutePostSessions'],
    ],
    [
      'a route for another method',
      ['HttpApiRoutePostSessions'],
      ({ HttpApiRoutePostSessions: { Properties } }) => {
        Properties.RouteKey = 'PUT /sessions';
      },
    ],
    ['a queue less', ['SessionRequests'], (resources) => delete resources['SessionRequests']],
    [
      'a queue of another name',
      ['SessionRequests'],
      ({ SessionRequests: { Properties } }) => {
        Properties.QueueName = 'other';
      },
    ],
    [
      'a dead-letter queue less',
      ['SessionRequestsFailed'],
      (resources) => delete resources['SessionRequestsFailed'],
    ],
    [
      'a rule less',
      ['SessionRequestedRule'],
      (resources) => delete resources['SessionRequestedRule'],
    ],
    [
      'a rule for other events',
      ['SessionRequestedRule'],
      ({ SessionRequestedRule }) => {
        SessionRequestedRule.Properties.EventPattern = { source: ['other'] };
      },
    ],
    [
      'a rule on another bus',
      ['RoomRequestedRule'],
      ({ RoomRequestedRule }) => {
        RoomRequestedRule.Properties.EventBusName = 'other';
      },
    ],
    [
      'a rule switched off',
      ['RoomRequestedRule'],
      ({ RoomRequestedRule }) => {
        RoomRequestedRule.Properties.State = 'DISABLED';
      },
    ],
    [
      'a subscription less',
      ['SessionRequestSubscription'],
      (resources) => delete resources['SessionRequestSubscription'],
    ],
    [
      'a subscription to another topic',
      ['SessionRequestSubscription'],
      (resources) => {
        resources['SessionRequestSubscription'].Properties.TopicArn += '-2';
      },
    ],
    [
      'a mapping less',
      ['RoomRequestsMapping'],
      (resources) => delete resources['RoomRequestsMapping'],
    ],
    [
      'a mapping switched off',
      ['RoomRequestsMapping'],
      ({ RoomRequestsMapping }) => {
        RoomRequestsMapping.Properties.Enabled = false;
      },
    ],
    ['the table less', ['RoomsTable'], (resources) => delete resources['RoomsTable']],
    [
      'another key',
      ['RoomsTable'],
      ({ RoomsTable: { Properties } }) => {
        Properties.KeySchema = [{ AttributeName: 'id', KeyType: 'HASH' }];
      },
    ],
    [
      'a key more',
      ['RoomsTable'],
      ({ RoomsTable: { Properties } }) => {
        Properties.KeySchema.push({ AttributeName: 'at', KeyType: 'RANGE' });
      },
    ],
    [
      'a key of another type',
      ['RoomsTable'],
      ({ RoomsTable: { Properties } }) => {
        Properties.AttributeDefinitions = [{ AttributeName: 'name', AttributeType: 'B' }];
      },
    ],
    [
      'a table of another name',
      ['RoomsTable'],
      ({ RoomsTable: { Properties } }) => {
        Properties.TableName = 'rooms';
      },
    ],
    [
      'a table without protection',
      ['protectRooms'],
      ({ RoomsTable: { Properties } }) => {
        Properties.DeletionProtectionEnabled = false;
      },
    ],
    [
      'a table without backups',
      ['RoomsTable.PointInTimeRecovery'],
      ({ RoomsTable }) => {
        delete RoomsTable.Properties.PointInTimeRecoverySpecification;
      },
    ],
    ['no domain', ['domainName'], (resources) => delete resources['HttpApiDomain']],
    [
      'another domain',
      ['domainName'],
      ({ HttpApiDomain }) => {
        HttpApiDomain.Properties.DomainName = 'other.example.com';
      },
    ],
    [
      'a domain without its DNS records',
      ['hostedZoneId'],
      (resources) => {
        delete resources['HttpApiDomainRecord'];
        delete resources['HttpApiDomainRecordV6'];
      },
    ],
    [
      'DNS records in another zone',
      ['hostedZoneId'],
      ({ HttpApiDomainRecord }) => {
        HttpApiDomainRecord.Properties.HostedZoneId = 'Z1';
      },
    ],
    [
      'a resource of another type under the same id',
      ['SessionRequests'],
      ({ SessionRequests }) => {
        SessionRequests.Type = 'AWS::SNS::Topic';
      },
    ],
  ])('%s', (_, names, change) => {
    expect(namesOf(fullTemplate, changed(change))).toEqual(names);
  });

  it('a table that was kept at the end of its stack', () => {
    const kept = changed(({ RoomsTable }) => {
      RoomsTable.DeletionPolicy = 'RetainExceptOnCreate';
    });
    expect(namesOf(kept, fullTemplate)).toEqual(['RoomsTable.DeletionPolicy']);
    expect(namesOf(fullTemplate, kept)).toEqual([]);
  });

  it('all that goes when every parameter is forgotten, each once', () => {
    const names = namesOf(fullTemplate, template);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(
      expect.arrayContaining([
        ...['auth', 'protectRooms', 'domainName', 'SessionRequests', 'RoomRequests'],
        ...['SessionRequestedRule', 'RoomRequestedRule', 'SessionRequestSubscription'],
        ...['guests', 'sampleRoutes', 'describe'],
      ]),
    );
  });

  it('in words that say what it means', () => {
    const [auth] = findLosses(fullTemplate, changed(withIam));
    expect(auth?.what).toBe('iam instead of jwt: who may call today is refused');
    const [guests] = findLosses(
      fullTemplate,
      changed((resources) => delete resources[guestRouteId]),
    );
    expect(guests?.what).toBe('POST /invites/tokens: who calls that gets 404');
  });

  it('and every route that a parameter brings, by the name of that', () => {
    const keysOf = ({ Resources }: typeof template) =>
      Object.values(Resources)
        .filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Route')
        .map(({ Properties }): string => Properties['RouteKey']);
    const always = new Set(keysOf(template));
    const brought = keysOf(fullTemplate).filter((key) => !always.has(key));
    expect(brought.length).toBeGreaterThan(0);
    expect(Object.values(optionalRoutes).flat()).toEqual(expect.arrayContaining(brought));
  });
});

function withIam(resources: Resources) {
  delete resources['HttpApiAuthorizerEndUsers'];
  for (const { Type, Properties } of Object.values(resources)) {
    const isGuarded = Type === 'AWS::ApiGatewayV2::Route' && Properties.AuthorizationType;
    if (isGuarded) Properties.AuthorizationType = 'AWS_IAM';
  }
}

describe('consent', () => {
  const losses = ['auth', 'SessionRequests'].map((name) => ({ name, what: '' }));

  it.each([
    ['to all of it', ['auth', 'SessionRequests'], [], []],
    ['to a part', ['auth'], ['SessionRequests'], []],
    ['to nothing', [], ['auth', 'SessionRequests'], []],
    ['to more than is lost', ['auth', 'SessionRequests', 'RoomsTable'], [], ['RoomsTable']],
    ['in another spelling', ['Auth', 'SessionRequests'], ['auth'], ['Auth']],
  ])('%s', (_, accepted, refused, unneeded) => {
    const compared = compareConsent(losses, accepted);
    expect(compared.refused.map(({ name }) => name)).toEqual(refused);
    expect(compared.unneeded).toEqual(unneeded);
  });
});

describe('a protected table', () => {
  it.each([
    ['of a stack that is not there yet', undefined],
    ['of a stack that has no table yet', { Resources: {} }],
  ])('%s is made first, and without protection', (_, deployed) => {
    const { RoomsTable, ...others } = findFirstTables(deployed, fullTemplate);
    expect(others).toEqual({});
    expect(RoomsTable?.Properties).toEqual({
      ...fullTemplate.Resources['RoomsTable']?.Properties,
      DeletionProtectionEnabled: false,
    });
  });

  it.each([
    ['that is there already', fullTemplate, fullTemplate],
    ['that is there without protection', template, fullTemplate],
    ['that is not asked for', undefined, template],
  ])('%s takes no step of its own', (_, deployed, next) => {
    expect(findFirstTables(deployed, next)).toEqual({});
  });
});
