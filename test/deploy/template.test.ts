import { readFileSync } from 'node:fs';
import { describe, expect, inject, it } from 'vitest';
import { resultDetailTypes } from '../../deploy/parameters.js';
import { readParameters } from '../../deploy/read-parameters.js';
import { inspectToken } from '../../deploy/resources/describe.js';
import { stack } from '../../deploy/resources/event-trigger.js';
import { findRequestQueues } from '../../deploy/resources/request-queues.js';
import { LIVE_DETAIL_TYPES, OTHER_DETAIL_TYPE } from '../../lib/live/domain/callback.ts';
import { RESULT_SOURCE } from '../../lib/results/event-bridge.ts';
import { ROOMS_INDEX } from '../../lib/rooms/table/room-list.ts';
import { SESSION_INDEX } from '../../lib/rooms/table/session-rooms.ts';
import type { Resource, Template } from '../../tools/package-service.ts';
import { deployments } from '../../tools/rehearsal/deployments.ts';

const { functions, template, fullTemplate } = inject('packaged');
const both = [
  ['nothing configured', template],
  ['end users and everything on', fullTemplate],
] as const;
const full = deployments['jwt, everything on'];

function ofType({ Resources }: Template, type: string): [id: string, resource: Resource][] {
  return Object.entries(Resources).filter(([, { Type }]) => Type === type);
}

function propertiesOf({ Resources }: Template, id: string): Resource['Properties'] {
  const resource = Resources[id];
  if (!resource) throw new Error(`The template has no ${id}`);
  return resource.Properties;
}

function functionsOf(from: Template): [id: string, resource: Resource][] {
  return ofType(from, 'AWS::Lambda::Function');
}

interface Ref {
  readonly Ref: string;
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** What a function may do: its role's own policies and those that triggers add. */
function allowedTo(from: Template, functionName: string): Statement[] {
  const role = propertiesOf(from, functionName)['Role']['Fn::GetAtt'][0];
  const added = ofType(from, 'AWS::IAM::Policy')
    .map(([, { Properties }]) => Properties)
    .filter(({ Roles }) => Roles.some(({ Ref }: { Ref: string }) => Ref === role));
  return [...propertiesOf(from, role)['Policies'], ...added].flatMap(
    ({ PolicyDocument }) => PolicyDocument.Statement,
  );
}

const writeLog = (group: string) => ({
  Sid: 'WriteOwnLog',
  Effect: 'Allow',
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: { 'Fn::GetAtt': [group, 'Arn'] },
});
const allow = (Action: string | string[], Resource: unknown) => ({
  Effect: 'Allow',
  Action,
  Resource,
});
const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

const ruleArn = (path: string) => ({
  'Fn::Sub': `arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}:rule/${path}`,
});

/** Of AWS's services in this region and whatever partition it is in. */
const endpointOf = (service: string) => ({
  'Fn::Sub': `https://${service}.\${AWS::Region}.\${AWS::URLSuffix}`,
});

const API_GATEWAY = 'apigateway.amazonaws.com';
const SCHEDULE_PERMISSION = 'CloseRoomsLambdaPermissionEventsRuleSchedule1';
const ofGuests = 'POST /invites/tokens';
const ofCallbacks = 'POST /callbacks';

describe('routes', () => {
  const documented = [
    ...['POST /sessions', 'POST /sessions/{sessionId}/tokens'],
    ...['POST /rooms/{name}/tokens'],
    'GET /rooms',
    ...['GET /rooms/{name}', 'PUT /rooms/{name}', 'DELETE /rooms/{name}'],
    ...['GET /rooms/{name}/invites', 'POST /rooms/{name}/invites'],
    'DELETE /rooms/{name}/invites/{inviteId}',
    ...['GET /rooms/{name}/knocks', 'PUT /rooms/{name}/knocks'],
    'PUT /rooms/{name}/knocks/{knockId}',
    ...['GET /rooms/{name}/participants', 'PUT /rooms/{name}/participants'],
    'PUT /rooms/{name}/participants/{participantId}',
  ];
  const samples = [
    ...['GET /room/{name}', 'GET /session', 'GET /session/{name}'],
    'POST /v2/createSessionAndJoin',
  ];

  it.each([
    ['nothing configured', template, documented],
    [
      'everything switched on',
      fullTemplate,
      [...documented, ...samples, ofGuests, ofCallbacks, 'GET /openapi.json'],
    ],
  ])('are the documented ones, with %s', (_, from, expected) => {
    const keys = ofType(from, 'AWS::ApiGatewayV2::Route').map(
      ([, { Properties }]) => Properties['RouteKey'],
    );
    expect(keys.toSorted()).toEqual(expected.toSorted());
  });

  it('do not lead to the inspection of tokens with auth=jwt', () => {
    expect(propertiesOf(fullTemplate, 'InspectTokenLambdaFunction')['Handler']).toBe(
      'handlers/inspect-token.handler',
    );
    for (const type of ['AWS::ApiGatewayV2::Integration', 'AWS::Lambda::Permission']) {
      expect(ofType(fullTemplate, type).length).toBeGreaterThan(0);
      expect(JSON.stringify(ofType(fullTemplate, type))).not.toContain('InspectToken');
    }
    expect(template.Resources).not.toHaveProperty('InspectTokenLambdaFunction');
    expect(template.Resources).not.toHaveProperty('InspectTokenRole');
  });

  it.each([
    ['iam', ['POST /tokens/inspect']],
    ['jwt', []],
  ])('to it with describe=true and auth=%s: %j', async (auth, expected) => {
    const context = {
      resolveConfigurationProperty: async () => ({ describe: true, auth }),
    };
    const { events = [] } = (await inspectToken(context)) ?? {};
    const routes = events.map(({ httpApi }: { httpApi: { method: string; path: string } }) =>
      [httpApi.method, httpApi.path].join(' '),
    );
    expect(routes).toEqual(expected);
    for (const { httpApi } of events) expect(httpApi.authorizer).toEqual({ type: 'aws_iam' });
  });

  it('all require IAM signatures by default', () => {
    for (const [id, { Properties }] of ofType(template, 'AWS::ApiGatewayV2::Route')) {
      expect(Properties['AuthorizationType'], id).toBe('AWS_IAM');
    }
    expect(ofType(template, 'AWS::ApiGatewayV2::Authorizer')).toEqual([]);
  });

  it('all take tokens of the one provider with auth=jwt, except those of guests and callbacks', () => {
    const guarded = ofType(fullTemplate, 'AWS::ApiGatewayV2::Route').filter(
      ([, { Properties }]) => ![ofGuests, ofCallbacks].includes(Properties['RouteKey']),
    );
    for (const [id, { Properties }] of guarded) {
      expect(Properties, id).toMatchObject({
        AuthorizationType: 'JWT',
        AuthorizerId: { Ref: 'HttpApiAuthorizerEndUsers' },
      });
    }
    expect(propertiesOf(fullTemplate, 'HttpApiAuthorizerEndUsers')).toMatchObject({
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: {
        Issuer: 'https://login.example.com/',
        Audience: ['web-client', 'app-client'],
      },
    });
  });

  it('need no authorization to reach the functions of guests and callbacks, and no other', () => {
    const open = ofType(fullTemplate, 'AWS::ApiGatewayV2::Route').filter(
      // The default is NONE (AWS::ApiGatewayV2::Route, "AuthorizationType").
      ([, { Properties }]) => (Properties['AuthorizationType'] ?? 'NONE') === 'NONE',
    );
    const targets = open.map(([, { Properties }]) => {
      expect(Properties).not.toHaveProperty('AuthorizerId');
      return [Properties['RouteKey'], Properties['Target']['Fn::Join'][1][1].Ref];
    });
    expect(targets.toSorted()).toEqual([
      [ofCallbacks, 'HttpApiIntegrationReceiveCallback'],
      [ofGuests, 'HttpApiIntegrationJoinAsGuest'],
    ]);
  });

  it.each(both)('reach functions as payload 2.0, with %s', (_, from) => {
    for (const [, { Properties }] of ofType(from, 'AWS::ApiGatewayV2::Integration')) {
      expect(Properties['PayloadFormatVersion']).toBe('2.0');
    }
  });

  it.each([
    ['nothing configured', template, 50, 100],
    ['parameters', fullTemplate, 5, 9],
  ])('are throttled with %s', (_, from, rate, burst) => {
    expect(propertiesOf(from, 'HttpApiStage')['DefaultRouteSettings']).toMatchObject({
      ThrottlingRateLimit: rate,
      ThrottlingBurstLimit: burst,
    });
  });

  it('have a separate throttle for guests and for callbacks, set once those routes exist', () => {
    expect(propertiesOf(fullTemplate, 'HttpApiStage')['RouteSettings']).toEqual({
      [ofGuests]: {
        DetailedMetricsEnabled: false,
        ThrottlingRateLimit: 3,
        ThrottlingBurstLimit: 6,
      },
      [ofCallbacks]: {
        DetailedMetricsEnabled: false,
        ThrottlingRateLimit: 4,
        ThrottlingBurstLimit: 8,
      },
    });
    const ids = ofType(fullTemplate, 'AWS::ApiGatewayV2::Route')
      .filter(([, { Properties }]) => [ofGuests, ofCallbacks].includes(Properties['RouteKey']))
      .map(([id]) => id);
    expect(ids).toHaveLength(2);
    expect(fullTemplate.Resources['HttpApiStage']?.DependsOn).toEqual(expect.arrayContaining(ids));
    expect(propertiesOf(template, 'HttpApiStage')).not.toHaveProperty('RouteSettings');
  });

  it.each(both)('may invoke each function by one permission, with %s', (_, from) => {
    // Lambda's policy of a function holds 20 KB: a permission for each route would fill it.
    const granted = ofType(from, 'AWS::Lambda::Permission').map(([, { Properties }]) =>
      JSON.stringify(Properties['FunctionName']),
    );
    expect(new Set(granted).size).toBe(granted.length);
  });

  it.each(both)('can be reached by IPv4 and IPv6, with %s', (_, from) => {
    expect(propertiesOf(from, 'HttpApi')['IpAddressType']).toBe('dualstack');
  });

  const tracingHeaders = [
    ...['baggage', 'sentry-trace', 'traceparent', 'tracestate', 'x-amzn-trace-id'],
  ];

  it('allow no browser of another origin by default', () => {
    expect(propertiesOf(template, 'HttpApi')).not.toHaveProperty('CorsConfiguration');
  });

  it('allow browsers of the listed origins, without credentials', () => {
    const cors = propertiesOf(fullTemplate, 'HttpApi')['CorsConfiguration'];
    expect(cors).toMatchObject({
      AllowOrigins: ['https://app.example.com', 'http://localhost:8080'],
      AllowHeaders: ['authorization', 'content-type', 'if-match', ...tracingHeaders],
      // By which a client counts how long a token still lives, which room it saw, and when it may come back.
      ExposeHeaders: ['date', 'etag', 'retry-after'],
    });
    expect(cors).not.toHaveProperty('AllowCredentials');
  });

  it('allow only what guests send, if other routes require signatures', async () => {
    const file = '../../deploy/resources/http-api.js';
    const { httpApi } = await import(file);
    const { values } = readParameters(deployments['iam, guests with a browser']);
    const resolveConfigurationProperty = async () => ({ ...values, auth: 'iam' });
    expect((await httpApi({ resolveConfigurationProperty })).cors).toEqual({
      allowedOrigins: ['https://app.example.com', 'http://localhost:8080'],
      allowedMethods: ['POST'],
      allowedHeaders: ['content-type', ...tracingHeaders],
      exposedResponseHeaders: ['date', 'retry-after'],
      maxAge: 3600,
    });
  });
});

describe('functions', () => {
  it.each(both)('have the tested runtime settings, with %s', (_, from) => {
    for (const [id, { Properties }] of functionsOf(from)) {
      expect(Properties, id).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        LoggingConfig: { LogFormat: 'JSON' },
      });
    }
  });

  it('have the secret and the authorizer in their environment', () => {
    for (const [id, { Properties }] of functionsOf(template)) {
      const hasRooms = /Room|Guest/.test(id);
      expect(Properties['Environment'].Variables, id).toEqual({
        AUTH: 'iam',
        ROLE_CLAIM: 'opentok_role',
        DEFAULT_ROLE: 'publisher',
        SECRET_ID: 'opentok-sessions/dev',
        AWS_ENDPOINT_URL_SECRETS_MANAGER: endpointOf('secretsmanager'),
        ...(hasRooms && {
          ROOMS_TABLE: { Ref: 'RoomsTable' },
          AWS_ENDPOINT_URL_DYNAMODB: endpointOf('dynamodb'),
        }),
      });
    }
  });

  it('have the variables of parameters, and bus and table only if they use them', () => {
    const shared = {
      AUTH: 'jwt',
      ROLE_CLAIM: 'opentok_role',
      DEFAULT_ROLE: 'none',
      ROOMS_CLAIM: 'rooms',
      ROOMS_ONLY: 'true',
      MAX_TOKEN_SECONDS: '3600',
      SECRET_ID: full.secretId,
      SECRET_TTL_SECONDS: '60',
      SECRET_STALE_SECONDS: '0',
      VIDEO_API_URL: 'https://video.example.com',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: endpointOf('secretsmanager'),
    };
    const table = {
      ROOMS_TABLE: { Ref: 'RoomsTable' },
      AWS_ENDPOINT_URL_DYNAMODB: endpointOf('dynamodb'),
    };
    const rooms = { ...table, ROOM_TTL_DAYS: '7' };
    const bus = {
      EVENT_BUS_NAME: 'results',
      AWS_ENDPOINT_URL_EVENTBRIDGE: endpointOf('events'),
    };
    const variables = Object.fromEntries(
      functionsOf(fullTemplate).map(([id, { Properties }]) => [id, Properties['Environment']]),
    );
    expect(variables).toEqual({
      CreateSessionLambdaFunction: { Variables: { ...shared, ...bus } },
      IssueTokenLambdaFunction: { Variables: shared },
      DescribeApiLambdaFunction: { Variables: shared },
      InspectTokenLambdaFunction: { Variables: shared },
      JoinRoomLambdaFunction: {
        Variables: {
          ...shared,
          ...rooms,
          OPEN_ROOMS: 'true',
          ROOM_CACHE_SECONDS: '5',
          SAMPLE_ROUTES: 'true',
          LIVE_ROOMS: 'true',
        },
      },
      JoinAsGuestLambdaFunction: {
        Variables: { ...shared, ...table, GUEST_REQUESTS_PER_MINUTE: '7' },
      },
      ManageRoomLambdaFunction: { Variables: { ...shared, ...rooms, LIVE_ROOMS: 'true' } },
      OpenRoomLambdaFunction: {
        Variables: { ...shared, ...rooms, ...bus, INVITE_RESULTS: 'true', LIVE_ROOMS: 'true' },
      },
      ReceiveCallbackLambdaFunction: { Variables: { ...shared, ...table, ...bus } },
      CloseRoomsLambdaFunction: { Variables: { ...shared, ...table } },
    });
  });

  it('have tracing and reserved concurrency only with their parameters', () => {
    for (const [, { Properties }] of functionsOf(template)) {
      expect(Properties).not.toHaveProperty('TracingConfig');
      expect(Properties).not.toHaveProperty('ReservedConcurrentExecutions');
    }
    for (const [, { Properties }] of functionsOf(fullTemplate)) {
      expect(Properties).toMatchObject({
        TracingConfig: { Mode: 'Active' },
        ReservedConcurrentExecutions: 6,
      });
    }
  });

  it.each(both)('can be invoked only by the API and the schedule, with %s', (_, from) => {
    for (const [id, { Properties }] of ofType(from, 'AWS::Lambda::Permission')) {
      expect(Properties['SourceArn'], id).toBeDefined();
      const principal = id === SCHEDULE_PERMISSION ? 'events.amazonaws.com' : API_GATEWAY;
      expect(Properties['Principal'], id).toBe(principal);
    }
  });
});

describe('permissions', () => {
  it.each(both)('are one role per function, with %s', (_, from) => {
    const roles = functionsOf(from).map(([, { Properties }]) => Properties['Role']);
    expect(new Set(roles.map((role) => JSON.stringify(role))).size).toBe(roles.length);
    expect(ofType(from, 'AWS::IAM::Role')).toHaveLength(roles.length);
  });

  const onTable = (...operations: string[]) => [
    {
      Sid: 'UseRooms',
      ...allow(
        operations.map((operation) => `dynamodb:${operation}`),
        arn('RoomsTable'),
      ),
    },
  ];
  /** IAM has no action for a transaction, only for what is in it. */
  const inTransactions = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'];
  const useRooms = {
    JoinRoom: onTable(...inTransactions, 'Query'),
    JoinAsGuest: onTable(...inTransactions, 'Query'),
    ManageRoom: [
      ...onTable(...inTransactions, 'Query'),
      {
        Sid: 'ListRooms',
        ...allow('dynamodb:Query', { 'Fn::Sub': `\${RoomsTable.Arn}/index/${ROOMS_INDEX}` }),
      },
    ],
    OpenRoom: onTable('GetItem', 'PutItem', 'UpdateItem'),
  };

  it('are the own log and the secret by default, and the table for functions of rooms', () => {
    const secret = {
      'Fn::Sub': `arn:\${AWS::Partition}:secretsmanager:\${AWS::Region}:\${AWS::AccountId}:secret:opentok-sessions/dev-??????`,
    };
    const own = { CreateSession: [], IssueToken: [], ...useRooms };
    for (const [name, rooms] of Object.entries(own)) {
      expect(allowedTo(template, `${name}LambdaFunction`)).toEqual([
        writeLog(`${name}LogGroup`),
        { Sid: 'ReadSecret', ...allow('secretsmanager:GetSecretValue', secret) },
        ...rooms,
      ]);
    }
  });

  const withKeyAndTraces = [
    { Sid: 'ReadSecret', ...allow('secretsmanager:GetSecretValue', full.secretId) },
    {
      Sid: 'DecryptSecret',
      ...allow('kms:Decrypt', full.secretKeyArn),
      Condition: {
        StringEquals: {
          'kms:ViaService': { 'Fn::Sub': `secretsmanager.\${AWS::Region}.\${AWS::URLSuffix}` },
        },
      },
    },
    {
      Sid: 'SendTraces',
      ...allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*'),
    },
  ];

  it.each(['IssueToken', 'InspectToken'])(
    'of %s grow by key and traces, and by no trigger',
    (name) => {
      expect(allowedTo(fullTemplate, `${name}LambdaFunction`)).toEqual([
        writeLog(`${name}LogGroup`),
        ...withKeyAndTraces,
      ]);
    },
  );

  it('of createSession grow by exactly what its triggers need', () => {
    expect(allowedTo(fullTemplate, 'CreateSessionLambdaFunction')).toEqual([
      writeLog('CreateSessionLogGroup'),
      ...withKeyAndTraces,
      allow('events:PutEvents', {
        'Fn::Sub': `arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}:event-bus/results`,
      }),
      allow(
        ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
        arn('SessionRequests'),
      ),
    ]);
  });

  // What a bundle has no schema of it cannot ask for, and IAM is not asked here: the emulators let all pass.
  it.each(Object.keys(functions))(
    'on the table are the operations that the code of %s can call',
    (name) => {
      const id = `${name[0]?.toUpperCase()}${name.slice(1)}LambdaFunction`;
      const code = readFileSync(functions[name]?.handlerFile ?? '', 'utf8');
      const operations = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan'];
      const asked = [
        ...operations.filter((operation) => code.includes(`"${operation}"`)),
        ...(code.includes('"TransactWriteItems"') ? inTransactions : []),
      ];
      const allowed = allowedTo(template, id)
        .flatMap(({ Action }) => Action)
        .filter((action) => action.startsWith('dynamodb:'));
      expect([...new Set(allowed)].sort()).toEqual(
        [...new Set(asked)].map((name) => `dynamodb:${name}`).sort(),
      );
    },
  );

  it.each(['JoinRoom', 'JoinAsGuest', 'ManageRoom'] as const)(
    'of %s grow by no trigger, because it has none',
    (name) => {
      expect(allowedTo(fullTemplate, `${name}LambdaFunction`)).toEqual([
        writeLog(`${name}LogGroup`),
        ...withKeyAndTraces,
        ...useRooms[name],
      ]);
    },
  );

  it('of openRoom grow by exactly what its triggers need', () => {
    expect(allowedTo(fullTemplate, 'OpenRoomLambdaFunction')).toEqual([
      writeLog('OpenRoomLogGroup'),
      ...withKeyAndTraces,
      ...useRooms.OpenRoom,
      allow('events:PutEvents', {
        'Fn::Sub': `arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}:event-bus/results`,
      }),
      allow(
        ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
        arn('RoomRequests'),
      ),
    ]);
  });

  it.each(both)('name no * but that of X-Ray, which knows no resources, with %s', (_, from) => {
    for (const [id] of functionsOf(from)) {
      for (const { Action, Resource } of allowedTo(from, id)) {
        expect([Action].flat().join()).not.toContain('*');
        if ([Action].flat().every((action) => action.startsWith('xray:'))) continue;
        expect([Resource].flat()).not.toContain('*');
      }
    }
  });
});

describe('logs', () => {
  it.each([
    ['30 days by default', template, 30],
    ['as long as the parameter says', fullTemplate, 7],
  ])('are kept %s', (_, from, days) => {
    const groups = ofType(from, 'AWS::Logs::LogGroup');
    expect(groups.map(([id]) => id).sort()).toEqual(
      [
        'HttpApiLogGroup',
        ...functionsOf(from).map(([id]) => id.replace('LambdaFunction', 'LogGroup')),
      ].sort(),
    );
    for (const [, { Properties }] of groups) expect(Properties['RetentionInDays']).toBe(days);
  });

  it.each(both)('of the API have the prefix of vended logs, with %s', (_, from) => {
    expect(propertiesOf(from, 'HttpApiLogGroup')['LogGroupName']).toBe(
      '/aws/vendedlogs/http-api/opentok-sessions-dev',
    );
  });

  it.each(both)('of API access are JSON without the Authorization header, with %s', (_, from) => {
    const { Format } = propertiesOf(from, 'HttpApiStage')['AccessLogSettings'];
    expect(JSON.parse(Format)).toMatchObject({
      status: '$context.status',
      requestId: '$context.requestId',
      functionRequestId: '$context.integration.requestId',
      error: '$context.error.message',
      authorizerError: '$context.authorizer.error',
      integrationError: '$context.integrationErrorMessage',
    });
    expect(Format.toLowerCase()).not.toMatch(/authorization|header|cookie/);
  });
});

describe('metric filters', () => {
  it.each(both)('are created at most five at a time, with %s', (_, from) => {
    const filters = new Map(ofType(from, 'AWS::Logs::MetricFilter'));
    const previous = [...filters.values()].flatMap(({ DependsOn = [] }) => [DependsOn].flat());
    expect(filters.size).toBeGreaterThan(50);
    // Each waits for one other filter, and no filter is waited for twice.
    expect(previous).toHaveLength(filters.size - 5);
    expect(new Set(previous).size).toBe(previous.length);
    expect(previous.every((id) => filters.has(id))).toBe(true);
  });
});

describe('triggers', () => {
  const types = [
    ...['AWS::Events::Rule', 'AWS::SNS::Subscription', 'AWS::Lambda::EventSourceMapping'],
    ...['AWS::SQS::Queue', 'AWS::Lambda::EventInvokeConfig', 'AWS::IAM::Policy'],
  ];
  const queues = [
    ['SessionRequests', 'CreateSession'],
    ['RoomRequests', 'OpenRoom'],
  ] as const;

  it.each(types)('are off by default: no %s', (type) => {
    expect(ofType(template, type)).toEqual([]);
  });

  it.each([
    ['SessionRequestedRule', 'Appointment Confirmed', 'SessionRequests'],
    ['RoomRequestedRule', 'Class Scheduled', 'RoomRequests'],
  ])('store the events of one source and type from one bus: %s', (id, detailType, queue) => {
    expect(propertiesOf(fullTemplate, id)).toMatchObject({
      EventBusName: 'bookings',
      EventPattern: { source: ['booking-service'], 'detail-type': [detailType] },
    });
    // The whole event, not a part of it: its id is the key to the result.
    expect(propertiesOf(fullTemplate, id)['Targets']).toEqual([
      { Id: queue, Arn: arn(queue), DeadLetterConfig: { Arn: arn(`${queue}Failed`) } },
    ]);
  });

  it('run closeRooms at the beginning of each minute, for less than a minute', () => {
    expect(propertiesOf(fullTemplate, 'CloseRoomsEventsRuleSchedule1')).toEqual({
      ScheduleExpression: 'cron(* * * * ? *)',
      State: 'ENABLED',
      Description: 'Each minute, for closeRooms',
      Targets: [{ Id: 'closeRoomsSchedule', Arn: arn('CloseRoomsLambdaFunction'), Input: '{}' }],
    });
    expect(propertiesOf(fullTemplate, 'CloseRoomsLambdaFunction')['Timeout']).toBe(50);
  });

  it('store the messages of one topic, in the envelope that holds their id', () => {
    expect(propertiesOf(fullTemplate, 'SessionRequestSubscription')).toEqual({
      TopicArn: full.requestTopicArn,
      Protocol: 'sqs',
      Endpoint: arn('SessionRequests'),
      RawMessageDelivery: false,
      RedrivePolicy: { deadLetterTargetArn: arn('SessionRequestsFailed') },
    });
  });

  it.each(both)(
    'invoke no function asynchronously with requests, because failed events would be lost, with %s',
    (_, from) => {
      expect(ofType(from, 'AWS::Lambda::EventInvokeConfig')).toEqual([]);
      for (const [id, { Properties }] of ofType(from, 'AWS::Lambda::Permission')) {
        // A run that is lost is made up for by the next one.
        if (id === SCHEDULE_PERMISSION) continue;
        expect(Properties['Principal'], id).toBe(API_GATEWAY);
      }
    },
  );

  it('let each source send only to its queue and dead-letter queue', () => {
    const from = (queue: string, service: string, source: unknown) => ({
      ...allow('sqs:SendMessage', arn(queue)),
      Principal: { Service: service },
      Condition: { ArnEquals: { 'aws:SourceArn': source } },
    });
    const senders = ofType(fullTemplate, 'AWS::SQS::QueuePolicy').flatMap(([, { Properties }]) =>
      Properties['PolicyDocument'].Statement.filter(({ Effect }: Statement) => Effect === 'Allow'),
    );
    expect(senders).toEqual(
      ['SessionRequests', 'SessionRequestsFailed', 'RoomRequests', 'RoomRequestsFailed'].flatMap(
        (queue) =>
          queue.startsWith('Session')
            ? [
                from(
                  queue,
                  'events.amazonaws.com',
                  ruleArn('bookings/opentok-sessions-dev-sessions'),
                ),
                from(queue, 'sns.amazonaws.com', full.requestTopicArn),
              ]
            : [from(queue, 'events.amazonaws.com', ruleArn('bookings/opentok-sessions-dev-rooms'))],
      ),
    );
  });

  it.each([
    ['default', 'video-sessions'],
    ['bookings', 'bookings/video-sessions'],
    ['arn:aws:events:eu-west-1:123456789012:event-bus/bookings', 'bookings/video-sessions'],
    ['arn:aws:events:eu-west-1:123456789012:event-bus/default', 'video-sessions'],
    ['aws.partner/example.com/a', 'aws.partner/example.com/a/video-sessions'],
  ])('let the rule on the bus %s send', (eventBus, path) => {
    const [queue] = findRequestQueues({ eventTrigger: true, eventBus }, 'video');
    expect(queue?.senders).toEqual([{ service: 'events.amazonaws.com', sourceArn: ruleArn(path) }]);
  });

  it.each(['SessionRequest', 'RoomRequest'])(
    'create the rule %sedRule after the policies of its queues, and under the name that these allow',
    (name) => {
      const rule = fullTemplate.Resources[`${name}edRule`];
      expect(rule?.DependsOn).toEqual([`${name}sPolicy`, `${name}sFailedPolicy`]);
      expect(rule?.Properties['Name']).toBe(
        `opentok-sessions-dev-${name === 'RoomRequest' ? 'rooms' : 'sessions'}`,
      );
    },
  );

  it.each(queues)('receive batches from %s and return single messages', (id, name) => {
    expect(propertiesOf(fullTemplate, `${id}Mapping`)).toMatchObject({
      EventSourceArn: arn(id),
      FunctionName: arn(`${name}LambdaFunction`),
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 3 },
    });
  });

  it.each(queues)('hide a message of %s for six times the timeout of %s', (id, name) => {
    const { Timeout } = propertiesOf(fullTemplate, `${name}LambdaFunction`);
    const { VisibilityTimeout } = propertiesOf(fullTemplate, id);
    expect(VisibilityTimeout).toBe(6 * Timeout);
  });

  it.each(queues)('keep dead letters of %s for at least ten days', (id) => {
    const { MessageRetentionPeriod: keptSeconds, RedrivePolicy } = propertiesOf(fullTemplate, id);
    expect(RedrivePolicy.deadLetterTargetArn).toEqual(arn(`${id}Failed`));
    const deadLetters = propertiesOf(fullTemplate, `${id}Failed`);
    expect(deadLetters).not.toHaveProperty('RedrivePolicy');
    expect(deadLetters['MessageRetentionPeriod'] - keptSeconds).toBe(10 * 24 * 60 * 60);
  });

  it.each(both)('deny every action on every queue over plain HTTP, with %s', (_, from) => {
    const policies = ofType(from, 'AWS::SQS::QueuePolicy').map(([, { Properties }]) => Properties);
    for (const [id] of ofType(from, 'AWS::SQS::Queue')) {
      const policy = policies.find(({ Queues }) => Queues.some(({ Ref }: Ref) => Ref === id));
      expect(policy?.['PolicyDocument'].Statement, id).toContainEqual({
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 'sqs:*',
        Resource: arn(id),
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      });
    }
  });

  it('encrypt every queue, with keys that EventBridge and SNS may use', () => {
    for (const [id, { Properties }] of ofType(fullTemplate, 'AWS::SQS::Queue')) {
      expect(Properties['SqsManagedSseEnabled'], id).toBe(true);
      expect(Properties, id).not.toHaveProperty('KmsMasterKeyId');
    }
  });
});

describe('the table of rooms', () => {
  it.each(both)('is on-demand, encrypted, restorable and has a TTL, with %s', (_, from) => {
    expect(ofType(from, 'AWS::DynamoDB::Table').map(([id]) => id)).toEqual(['RoomsTable']);
    expect(propertiesOf(from, 'RoomsTable')).toEqual({
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'room', AttributeType: 'S' },
        { AttributeName: 'item', AttributeType: 'S' },
        { AttributeName: 'listing', AttributeType: 'S' },
        ...(from === fullTemplate ? [{ AttributeName: 'roomSessionId', AttributeType: 'S' }] : []),
      ],
      KeySchema: [
        { AttributeName: 'room', KeyType: 'HASH' },
        { AttributeName: 'item', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: ROOMS_INDEX,
          // An attribute of rooms alone: writes of guests do not reach the index.
          KeySchema: [
            { AttributeName: 'listing', KeyType: 'HASH' },
            { AttributeName: 'room', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
        // With liveRooms=true: callbacks name a session, and their function looks up its room.
        ...(from === fullTemplate
          ? [
              {
                IndexName: SESSION_INDEX,
                KeySchema: [{ AttributeName: 'roomSessionId', KeyType: 'HASH' }],
                Projection: { ProjectionType: 'KEYS_ONLY' },
              },
            ]
          : []),
      ],
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      SSESpecification: { SSEEnabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      DeletionProtectionEnabled: from === fullTemplate,
    });
  });
});

describe('a custom domain', () => {
  const types = [
    ...['AWS::ApiGatewayV2::DomainName', 'AWS::ApiGatewayV2::ApiMapping'],
    'AWS::Route53::RecordSet',
  ];

  it.each(types)('is off by default: no %s', (type) => {
    expect(ofType(template, type)).toEqual([]);
  });

  it('has its certificate, its mapping to the API and its DNS records', () => {
    expect(propertiesOf(fullTemplate, 'HttpApiDomain')).toEqual({
      DomainName: full.domainName,
      DomainNameConfigurations: [
        {
          CertificateArn: full.certificateArn,
          EndpointType: 'REGIONAL',
          IpAddressType: 'dualstack',
          SecurityPolicy: 'TLS_1_2',
        },
      ],
    });
    expect(propertiesOf(fullTemplate, 'HttpApiDomainMapping')).toEqual({
      ApiId: { Ref: 'HttpApi' },
      DomainName: { Ref: 'HttpApiDomain' },
      Stage: { Ref: 'HttpApiStage' },
    });
    for (const [id, Type] of [
      ['HttpApiDomainRecord', 'A'],
      ['HttpApiDomainRecordV6', 'AAAA'],
    ] as const) {
      expect(propertiesOf(fullTemplate, id)).toEqual({
        HostedZoneId: full.hostedZoneId,
        Name: full.domainName,
        Type,
        AliasTarget: {
          DNSName: { 'Fn::GetAtt': ['HttpApiDomain', 'RegionalDomainName'] },
          HostedZoneId: { 'Fn::GetAtt': ['HttpApiDomain', 'RegionalHostedZoneId'] },
          EvaluateTargetHealth: false,
        },
      });
    }
  });

  it('has no records without a zone, and outputs their target', async () => {
    const file = '../../deploy/resources/domain.js';
    const { stack } = await import(file);
    const { domainName, certificateArn } = full;
    const { Resources, Outputs } = await stack({
      resolveConfigurationProperty: async () => ({ domainName, certificateArn }),
    });
    expect(Object.keys(Resources)).toEqual(['HttpApiDomain', 'HttpApiDomainMapping']);
    for (const outputs of [Outputs, fullTemplate.Outputs]) {
      expect(outputs).toMatchObject({
        DomainTarget: { Value: { 'Fn::GetAtt': ['HttpApiDomain', 'RegionalDomainName'] } },
        DomainTargetZone: { Value: { 'Fn::GetAtt': ['HttpApiDomain', 'RegionalHostedZoneId'] } },
      });
    }
    expect(template.Outputs).not.toHaveProperty('DomainTarget');
  });

  it('is the only address of the API, and the one in the outputs', () => {
    expect(propertiesOf(fullTemplate, 'HttpApi')['DisableExecuteApiEndpoint']).toBe(true);
    // Stated, because CloudFormation would leave the address off when the domain is removed.
    expect(propertiesOf(template, 'HttpApi')['DisableExecuteApiEndpoint']).toBe(false);
    expect(fullTemplate.Outputs['HttpApiUrl']).toMatchObject({
      Value: `https://${full.domainName}`,
    });
  });
});

describe('tags', () => {
  it('are those of the parameter, on API and functions', () => {
    const expected = { team: 'video', 'cost center': 'a=b' };
    expect(propertiesOf(fullTemplate, 'HttpApi')['Tags']).toEqual(expected);
    for (const [id, { Properties }] of functionsOf(fullTemplate)) {
      const tags = Properties['Tags'].map(({ Key, Value }: Record<string, string>) => [Key, Value]);
      expect(Object.fromEntries(tags), id).toEqual(expected);
    }
  });

  it('are absent by default', () => {
    for (const [id, { Properties }] of functionsOf(template)) {
      expect(Properties['Tags'] ?? [], id).toEqual([]);
    }
  });
});

describe('the template', () => {
  it.each([
    ['nothing configured', template, { auth: 'iam', protectRooms: 'false' }],
    ['end users and everything on', fullTemplate, full],
  ])('outputs its parameters, with %s', (_, from, given) => {
    const { Value } = from.Outputs['Parameters'] as { Value: string };
    expect(JSON.parse(Value)).toMatchObject(given);
  });

  it.each(both)('outputs the address of the API and each function, with %s', (_, from) => {
    const functionArns = functionsOf(from).map(([id]) => id.replace('Lambda', '').concat('Arn'));
    expect(Object.keys(from.Outputs)).toEqual(
      expect.arrayContaining(['HttpApiUrl', ...functionArns]),
    );
  });

  it.each(both)('holds no secret, with %s', (_, from) => {
    expect(JSON.stringify(from)).not.toMatch(/apiSecret|privateKey|BEGIN [A-Z ]*PRIVATE KEY/);
  });
});

describe('events of live rooms', () => {
  const types = [...Object.values(LIVE_DETAIL_TYPES), OTHER_DETAIL_TYPE];

  it('cannot be the detail type of requests', () => {
    expect(resultDetailTypes).toEqual(expect.arrayContaining(types));
  });

  it('trigger no request, with and without eventSource', async () => {
    for (const eventSource of [undefined, 'booking-service']) {
      const values = { eventTrigger: true, roomEventTrigger: true, eventSource };
      const { Resources } = await stack({
        resolveConfigurationProperty: async () => values,
        resolveVariable: async () => 'x',
      });
      for (const { Properties } of Object.values<{ Properties: Rule }>(Resources)) {
        const [source] = Properties.EventPattern.source;
        const isOpen = eventSource === undefined;
        expect(source).toEqual(isOpen ? { 'anything-but': [RESULT_SOURCE] } : eventSource);
      }
      expect(Object.keys(Resources)).toEqual(['SessionRequestedRule', 'RoomRequestedRule']);
    }
  });

  it('cannot be named as the source of requests', () => {
    const { faults } = readParameters({ auth: 'iam', eventSource: RESULT_SOURCE });
    expect(faults.join()).toMatch(/eventSource cannot be "opentok-sessions"/);
  });
});

interface Rule {
  readonly EventPattern: { readonly source: readonly unknown[] };
}
