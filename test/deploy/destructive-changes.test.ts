/** Destructive changes: each rule with a change that it finds and a similar one that it does not. */
import { describe, expect, inject, it } from 'vitest';
import {
  compareConsent,
  findDestructiveChanges,
  triggerSources,
  watchedTypes,
} from '../../deploy/destructive-changes.js';
import { findFirstTables } from '../../deploy/first-tables.js';
import { guestRouteId, optionalRoutes } from '../../deploy/optional-routes.js';
import { replacingProperties } from '../../deploy/replacing-properties.js';
import type { ResourceSchema } from '../../tools/refresh-schemas.ts';
import schemaFile from '../cloudformation/schemas.json' with { type: 'json' };

const { template, fullTemplate } = inject('packaged');
const namesOf = (...[before, after]: Parameters<typeof findDestructiveChanges>) =>
  findDestructiveChanges(before, after).map(({ name }) => name);

// biome-ignore lint/suspicious/noExplicitAny: a template's shape is CloudFormation's, not ours
type Resources = Record<string, any>;

/** The full template with one thing changed. */
function changed(change: (resources: Resources) => void) {
  const copy = structuredClone(fullTemplate);
  change(copy.Resources as Resources);
  return copy;
}

describe('findDestructiveChanges finds nothing', () => {
  it.each([
    ['by deploying the same again', fullTemplate, fullTemplate],
    ['by switching everything on for the same callers', template, changed(withIam)],
    ['by a first deployment over an empty stack', { Resources: {} }, fullTemplate],
    ['by a stack without resources', {}, template],
    [
      'for another timeout, a removed alarm and a longer retention',
      fullTemplate,
      changed((resources) => {
        resources['SessionRequests'].Properties.VisibilityTimeout = 1;
        resources['IssueTokenLambdaFunction'].Properties.Timeout = 3;
        delete resources['FailedEventsAlarm'];
      }),
    ],
    [
      'for a new index of the table and its attribute',
      fullTemplate,
      changed(({ RoomsTable: { Properties } }) => {
        Properties.AttributeDefinitions.push({ AttributeName: 'owner', AttributeType: 'S' });
        Properties.GlobalSecondaryIndexes = [{ IndexName: 'by-owner' }];
      }),
    ],
    [
      'for protecting the table',
      changed(({ RoomsTable }) => {
        RoomsTable.Properties.DeletionProtectionEnabled = false;
      }),
      fullTemplate,
    ],
    [
      'for a schedule that goes with its function',
      fullTemplate,
      changed((resources) => {
        delete resources['CloseRoomsEventsRuleSchedule1'];
        delete resources['CloseRoomsLambdaFunction'];
      }),
    ],
    [
      'for adding the route of guests',
      changed((resources) => delete resources[guestRouteId]),
      fullTemplate,
    ],
    [
      'for a route that moves to another function',
      fullTemplate,
      changed(({ HttpApiRoutePostSessions: { Properties } }) => {
        Properties.Target = 'integrations/other';
      }),
    ],
  ])('%s', (_, before, after) => {
    expect(findDestructiveChanges(before, after)).toEqual([]);
  });
});

describe('findDestructiveChanges names', () => {
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
      'a removed client id',
      ['audience'],
      ({ HttpApiAuthorizerEndUsers: { Properties } }) => {
        Properties.JwtConfiguration.Audience = ['web-client'];
      },
    ],
    ['the route of guests less', ['guests'], (resources) => delete resources[guestRouteId]],
    [
      'a removed sample route',
      ['sampleRoutes'],
      (resources) => delete resources['HttpApiRouteGetSession'],
    ],
    [
      'a removed route that belongs to no parameter',
      ['HttpApiRoutePostSessions'],
      (resources) => delete resources['HttpApiRoutePostSessions'],
    ],
    [
      'a route with another method',
      ['HttpApiRoutePostSessions'],
      ({ HttpApiRoutePostSessions: { Properties } }) => {
        Properties.RouteKey = 'PUT /sessions';
      },
    ],
    ['a queue less', ['SessionRequests'], (resources) => delete resources['SessionRequests']],
    [
      'a queue with another name',
      ['SessionRequests'],
      ({ SessionRequests: { Properties } }) => {
        Properties.QueueName = 'other';
      },
    ],
    [
      'a removed dead-letter queue',
      ['SessionRequestsFailed'],
      (resources) => delete resources['SessionRequestsFailed'],
    ],
    [
      'a removed rule',
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
      'a removed subscription',
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
      'a removed mapping',
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
    ['the removed table', ['RoomsTable'], (resources) => delete resources['RoomsTable']],
    [
      'another key',
      ['RoomsTable'],
      ({ RoomsTable: { Properties } }) => {
        Properties.KeySchema = [{ AttributeName: 'id', KeyType: 'HASH' }];
      },
    ],
    [
      'an additional key',
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
      'a table with another name',
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
    ['no API', ['HttpApi'], (resources) => delete resources['HttpApi']],
    [
      'an API with another protocol',
      ['HttpApi'],
      ({ HttpApi }) => {
        HttpApi.Properties.ProtocolType = 'WEBSOCKET';
      },
    ],
    [
      'a queue that becomes FIFO',
      ['SessionRequests'],
      ({ SessionRequests }) => {
        SessionRequests.Properties.FifoQueue = true;
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

  it('a table that is no longer kept when its stack is deleted', () => {
    const kept = changed(({ RoomsTable }) => {
      RoomsTable.DeletionPolicy = 'RetainExceptOnCreate';
    });
    expect(namesOf(kept, fullTemplate)).toEqual(['RoomsTable.DeletionPolicy']);
    expect(namesOf(fullTemplate, kept)).toEqual([]);
  });

  it('everything that is removed when all parameters are missing, each once', () => {
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

  it('with a text that says what callers lose', () => {
    const [auth] = findDestructiveChanges(fullTemplate, changed(withIam));
    expect(auth?.what).toBe("iam instead of jwt: today's callers are rejected");
    const [guests] = findDestructiveChanges(
      fullTemplate,
      changed((resources) => delete resources[guestRouteId]),
    );
    expect(guests?.what).toBe('POST /invites/tokens: callers get 404');
  });

  it('every route of a parameter, by the name of the parameter', () => {
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

describe("CloudFormation's own rules", () => {
  const schemas: Readonly<Record<string, ResourceSchema>> = schemaFile;
  const namesOfPointers = (pointers: readonly string[] = []) =>
    pointers.map((pointer) => pointer.split('/')[2] ?? '').sort();
  const readReplacing = (type: string) => {
    const { createOnlyProperties = [], conditionalCreateOnlyProperties = [] } = schemas[type] ?? {};
    return namesOfPointers([...createOnlyProperties, ...conditionalCreateOnlyProperties]);
  };

  it.each(Object.entries(replacingProperties))(
    'replace %s for these properties',
    (type, { always = [], perhaps = [] }) => {
      const { createOnlyProperties, conditionalCreateOnlyProperties } = schemas[type] ?? {};
      expect(schemas[type]).toBeDefined();
      expect(always.toSorted()).toEqual(namesOfPointers(createOnlyProperties));
      expect(perhaps.toSorted()).toEqual(namesOfPointers(conditionalCreateOnlyProperties));
    },
  );

  /** Properties that replace a trigger and leave its requests as they are. */
  const sameSource: Readonly<Record<string, readonly string[]>> = {
    'AWS::Events::Rule': ['Name'],
    'AWS::Lambda::EventSourceMapping': [
      ...['SelfManagedEventSource', 'StartingPosition', 'StartingPositionTimestamp'],
    ],
    'AWS::SNS::Subscription': ['Endpoint', 'Protocol', 'Region'],
  };

  it.each(Object.entries(triggerSources))('replace the trigger %s for these', (type, sources) => {
    const others = readReplacing(type).filter((name) => !sources.includes(name));
    expect(others).toEqual(sameSource[type]);
  });

  /** Types without data and without an address that clients use: creating them again loses nothing. */
  const recreatable = [
    ...['ApiMapping', 'Authorizer', 'Integration', 'Route', 'Stage'].map(
      (kind) => `AWS::ApiGatewayV2::${kind}`,
    ),
    ...['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm', 'AWS::CloudWatch::Dashboard'],
    ...['AWS::IAM::Policy', 'AWS::IAM::Role'],
    ...['AWS::Lambda::Function', 'AWS::Lambda::Permission'],
    // A function's log lines go with the function, when a parameter removes it.
    ...['AWS::Logs::LogGroup', 'AWS::Logs::MetricFilter', 'AWS::Logs::QueryDefinition'],
    // The bundles, which each deployment uploads again.
    ...['AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy'],
  ];

  it('cover every type of the templates', () => {
    const types = [template, fullTemplate].flatMap(({ Resources }) =>
      Object.values(Resources).map(({ Type }) => Type),
    );
    const unknown = types.filter((type) => ![...watchedTypes, ...recreatable].includes(type));
    expect([...new Set(unknown)]).toEqual([]);
    const withoutRule = types.filter((type) => !Object.hasOwn(replacingProperties, type));
    expect([...new Set(withoutRule)]).toEqual([]);
  });
});

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
  ])('%s is created first, without protection', (_, deployed) => {
    const { RoomsTable, ...others } = findFirstTables(deployed, fullTemplate);
    expect(others).toEqual({});
    expect(RoomsTable?.Properties).toEqual({
      ...fullTemplate.Resources['RoomsTable']?.Properties,
      DeletionProtectionEnabled: false,
    });
  });

  it.each([
    ['that exists already', fullTemplate, fullTemplate],
    ['that exists without protection', template, fullTemplate],
    ['that is not requested', undefined, template],
  ])('%s needs no separate step', (_, deployed, next) => {
    expect(findFirstTables(deployed, next)).toEqual({});
  });
});
