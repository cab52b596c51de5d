/**
 * The parameters of a deployment, each declared once: allowed values, default, meaning, and the environment
 * variable that passes it to the functions. serverless.yml, docs/parameters.md and the checks before a
 * deployment are derived from here.
 */
import {
  address,
  claim,
  count,
  issuerUrl,
  list,
  oneOf,
  required,
  text,
} from './parameter-kinds.js';

const logRetentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 2192, 2557, 2922, 3288, 3653,
];
const maxTokenSeconds = 30 * 24 * 60 * 60;
export const resultDetailTypes = [
  ...['OpenTok Session Created', 'OpenTok Session Failed'],
  ...['OpenTok Room Opened', 'OpenTok Room Failed'],
  ...['OpenTok Live Session Started', 'OpenTok Live Session Ended'],
  'OpenTok Live Session Notification',
  ...['OpenTok Connection Created', 'OpenTok Connection Destroyed'],
  ...['OpenTok Stream Created', 'OpenTok Stream Destroyed'],
  'OpenTok Callback Received',
];

const keyArn = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/;
const topicArn = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/;
const bus = /^(arn:aws[a-z-]*:events:[a-z0-9-]+:\d{12}:event-bus\/)?[\w./-]{1,256}$/;

/**
 * @typedef {import('./parameter-kinds.js').Kind & {
 *   default: string | number | boolean,
 *   meaning: string,
 *   variable?: string,
 *   functions?: string[],
 * }} Parameter an empty default means "not given"; `variable` is the environment variable that passes it
 *   to `functions`, by default to all of them
 */

/**
 * Groups the parameters, in the order in which readers look for them.
 *
 * @param {string} stage that the defaults are for
 * @returns {{ title: string, parameters: Record<string, Parameter> }[]}
 */
export function groupParameters(stage) {
  return [
    {
      title: 'Who may call',
      parameters: {
        auth: {
          ...required({ ...oneOf('iam', 'jwt', 'none'), allowed: 'iam or jwt' }),
          default: 'iam',
          meaning:
            'back ends call with IAM signatures (`iam`), or end users with tokens of an OpenID Connect provider (`jwt`)',
          variable: 'AUTH',
        },
        issuer: {
          ...issuerUrl(),
          default: '',
          meaning: "with `auth=jwt`: the provider's issuer, exactly as its tokens name it",
        },
        audience: {
          ...list(/^\S+$/, "the provider's client ids"),
          default: '',
          meaning: 'with `auth=jwt`: accepts tokens of these client ids',
        },
        roleClaim: {
          ...required(claim()),
          default: 'opentok_role',
          meaning: "claim that holds an end user's highest role",
          variable: 'ROLE_CLAIM',
        },
        defaultRole: {
          ...required(oneOf('subscriber', 'publisher', 'moderator', 'publisheronly', 'none')),
          default: 'publisher',
          meaning:
            'highest role of end users without that claim in their token; `none` rejects them',
          variable: 'DEFAULT_ROLE',
        },
        roomsClaim: {
          ...claim(),
          default: '',
          meaning: 'claim that lists the rooms an end user may join; without it, every room',
          variable: 'ROOMS_CLAIM',
        },
        roomsOnly: {
          ...required(oneOf(true, false)),
          default: false,
          meaning:
            '`true`: end users get tokens for rooms only, not by session id; `roomsClaim` implies it',
          variable: 'ROOMS_ONLY',
        },
        maxTokenSeconds: {
          ...count(1, maxTokenSeconds),
          default: '',
          meaning:
            'longest lifetime of a token, in seconds; can only lower the limits of 30 days, and of 24 hours for end users',
          variable: 'MAX_TOKEN_SECONDS',
        },
        corsOrigins: {
          ...list(
            /^(https:\/\/[a-z0-9.-]+|http:\/\/localhost)(:\d{1,5})?$/,
            'origins such as https://app.example.com (no path, no *; http:// for localhost only; apps with another scheme, such as capacitor://, send requests natively instead)',
          ),
          default: '',
          meaning:
            'pages of these origins may call: with `auth=jwt` every route, with `auth=iam` the route of guests',
        },
        callerAccounts: {
          ...list(/^\d{12}$/, 'AWS account ids of twelve digits'),
          default: '',
          meaning:
            'with `auth=iam`: principals of these accounts may assume the role in the output `CallerRoleArn`, which may call every route; each account decides which of its principals',
        },
      },
    },
    {
      title: 'The project and its secret',
      parameters: {
        secretId: {
          ...required(
            text(
              /^(arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}|[\w/+=.@-]{1,512})$/,
              'the name of a secret, or its complete ARN with the six characters at its end',
            ),
          ),
          default: `opentok-sessions/${stage}`,
          meaning: 'the secret in Secrets Manager',
          variable: 'SECRET_ID',
        },
        secretKeyArn: {
          ...text(keyArn, 'the ARN of a KMS key (of the key, not of an alias)'),
          default: '',
          meaning: 'customer key that encrypts the secret; adds `kms:Decrypt` on it to the roles',
        },
        secretTtlSeconds: {
          ...count(1, 86_400),
          default: '',
          meaning: 'how long a secret is cached, in seconds; 300 if omitted',
          variable: 'SECRET_TTL_SECONDS',
        },
        secretStaleSeconds: {
          ...count(0, 86_400),
          default: '',
          meaning:
            'how long a stale secret may be used when refreshing fails, in seconds; 3600 if omitted',
          variable: 'SECRET_STALE_SECONDS',
        },
        videoApiUrl: {
          ...address(
            // As lib/wiring/environment.ts reads it.
            /^(https:\/\/|http:\/\/(localhost|127\.0\.0\.1)(?=[:/]|$))[^\s?#@]*$/,
            'an https:// address (http:// for this machine only)',
          ),
          default: '',
          meaning: "base URL of the platform's REST API; if omitted, that of the secret's kind",
          variable: 'VIDEO_API_URL',
        },
      },
    },
    {
      title: 'Operation',
      parameters: {
        throttleRate: {
          ...required({
            ...count(1, 10_000),
            allowed: `a whole number from 1 to 10000 (and no more than the account's own limit in the region leaves: that one is shared by all its APIs)`,
          }),
          default: 50,
          meaning:
            "requests per second and route, on average; the account's own limit applies first (10,000 per second and region, 2,500 in newer regions, shared by all its APIs)",
        },
        throttleBurst: {
          ...required(count(1, 5_000)),
          default: 100,
          meaning: 'requests at once, per route',
        },
        reservedConcurrency: {
          ...count(1, 10_000),
          default: '',
          meaning:
            "concurrent executions reserved for each function, and their limit; at most half of them for messages. Taken from the account's concurrency; keeps no container warm",
        },
        domainName: {
          ...text(
            /^(?=.{1,255}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/,
            'a domain such as video.example.com',
          ),
          default: '',
          meaning: 'custom domain of the API, which is then its only address',
        },
        certificateArn: {
          ...text(
            /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
            'the ARN of a certificate in Certificate Manager',
          ),
          default: '',
          meaning: 'certificate of `domainName`, in the region of the stack',
        },
        hostedZoneId: {
          ...text(/^Z[A-Z0-9]{1,31}$/, 'the id of a hosted zone in Route 53'),
          default: '',
          meaning:
            'zone in Route 53 in which the stack creates the records of `domainName`; without it, point your DNS at the outputs `DomainTarget` and `DomainTargetZone`',
        },
        dnsFailover: {
          ...oneOf('primary', 'secondary'),
          default: '',
          meaning:
            'makes the records of `domainName` failover records: the primary region answers while its health check passes, then the secondary',
        },
        healthCheckId: {
          ...text(/^[\w-]{1,64}$/, 'the id of a health check in Route 53'),
          default: '',
          meaning: 'health check of the failover records; required for the primary',
        },
        tags: {
          ...list(
            // Of names osls takes no more than these characters.
            /^(?!aws:)[\w +\-.:/]{1,128}=[\p{L}\p{N} +\-=._:/@]{0,256}$/iu,
            'tags such as team=video (names of A-Z, a-z, 0-9, space and +-._:/, none that begins with aws:)',
          ),
          default: '',
          meaning: 'tags of all resources that support them',
        },
        logRetentionDays: {
          ...required(oneOf(...logRetentionDays)),
          default: 30,
          meaning: 'days that all log groups keep their events',
        },
        tracing: {
          ...required(oneOf(true, false)),
          default: false,
          meaning: '`true`: X-Ray traces the functions',
        },
      },
    },
    {
      title: "A company's account",
      parameters: {
        accountId: {
          ...text(/^\d{12}$/, 'an AWS account id of twelve digits'),
          default: '',
          meaning:
            'account of the stage: deploying, rolling back and removing stop in any other account before they change anything',
        },
        deploymentRoleArn: {
          ...text(
            /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/,
            'the ARN of an IAM role that CloudFormation may assume',
          ),
          default: '',
          meaning:
            "CloudFormation's service role, with which it creates, updates and deletes everything in the stack; the deployer needs `iam:PassRole` on it",
        },
        permissionsBoundaryArn: {
          ...text(
            /^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]{1,512}$/,
            'the ARN of an IAM policy',
          ),
          default: '',
          meaning: 'permissions boundary of every role in the stack',
        },
        rolePath: {
          ...text(
            /^\/(?=.{1,511}$)([\w+=,.@-]+\/)+$/,
            'an IAM path such as /teams/video/, with a slash at both ends',
          ),
          default: '',
          meaning: 'IAM path of every role in the stack; changing it replaces the roles',
        },
        vpcSubnetIds: {
          ...list(/^subnet-[0-9a-f]{8,17}$/, 'ids of subnets', 16),
          default: '',
          meaning:
            'private subnets that all functions run in, together with `vpcSecurityGroupIds` (docs/deployment.md names the endpoints they need)',
        },
        vpcSecurityGroupIds: {
          ...list(/^sg-[0-9a-f]{8,17}$/, 'ids of security groups', 5),
          default: '',
          meaning:
            'security groups of the functions in `vpcSubnetIds`; they need outbound HTTPS only',
        },
        dataKeyArn: {
          ...text(keyArn, 'the ARN of a KMS key (of the key, not of an alias)'),
          default: '',
          meaning:
            "customer key for the table, the queues, the log groups and the functions' environments (docs/deployment.md has the key policy that it needs)",
        },
      },
    },
    {
      title: 'Alarms and dashboard',
      parameters: {
        alarmTopicArn: {
          ...text(topicArn, 'the ARN of an SNS topic'),
          default: '',
          meaning: 'SNS topic for alarms (docs/operations.md); without it there are no alarms',
        },
        ticketTopicArn: {
          ...text(topicArn, 'the ARN of an SNS topic'),
          default: '',
          meaning:
            'SNS topic for alarms of severity "ticket", which can wait until morning; without it they go to `alarmTopicArn`',
        },
        runbookUrl: {
          ...address(/^https:\/\/[^\s?#]+$/, 'the https:// URL of a page, without ? and #'),
          default: '',
          meaning:
            'where docs/operations.md is published: each alarm links to its section there, as `<runbookUrl>#<section>`',
        },
        alarmAuthPercent: {
          ...required(count(1, 100)),
          default: 50,
          meaning:
            'percentage of 401 and 403 among at least 20 requests to routes with an authorizer, in five minutes, that rings the alarm',
        },
        alarmCrashCount: {
          ...required(count(1, 1_000_000)),
          default: 1,
          meaning: 'crashes in five minutes that ring the alarm',
        },
        alarmFaultCount: {
          ...required(count(1, 1_000_000)),
          default: 1,
          meaning: 'faults of the service itself in five minutes that ring the alarm',
        },
        alarmFaultPercent: {
          ...required(count(1, 100)),
          default: 5,
          meaning: 'percentage of failed calls that rings the alarm',
        },
        alarmThrottleCount: {
          ...required(count(1, 1_000_000)),
          default: 10,
          meaning: 'throttled calls in five minutes that ring the alarm',
        },
        alarmCallbackCount: {
          ...required(count(1, 1_000_000)),
          default: 10,
          meaning: 'rejected callbacks in five minutes that ring the alarm',
        },
        alarmQueueAgeSeconds: {
          ...required(count(60, 86_400)),
          default: 900,
          meaning: "age of a queue's oldest message that rings the alarm, in seconds",
        },
        rollbackMinutes: {
          ...required(count(0, 180)),
          default: 5,
          meaning:
            'how long a deployment watches its alarms after the update, in minutes; it rolls back if a function crashes or the API returns 5xx. `0` never rolls back. Without `alarmTopicArn` there are no alarms to watch',
        },
        dashboard: {
          ...required(oneOf(true, false)),
          default: true,
          meaning: '`true`: creates a CloudWatch dashboard and saved queries of the logs',
        },
      },
    },
    {
      title: 'Rooms',
      parameters: {
        openRooms: {
          ...required(oneOf(true, false)),
          default: false,
          meaning:
            '`true`: any end user can create a room, with the default options, by joining it; needs `roomTtlDays`',
          variable: 'OPEN_ROOMS',
          functions: ['joinRoom'],
        },
        roomTtlDays: {
          ...count(1, 3650),
          default: '',
          meaning: 'days until a room expires; rooms never expire if omitted',
          variable: 'ROOM_TTL_DAYS',
          functions: ['joinRoom', 'manageRoom', 'openRoom'],
        },
        roomCacheSeconds: {
          ...count(0, 86_400),
          default: '',
          meaning:
            'how long a container caches a room that no host has put, in seconds; 60 if omitted',
          variable: 'ROOM_CACHE_SECONDS',
          functions: ['joinRoom'],
        },
        guests: {
          ...required(oneOf(true, false)),
          default: false,
          meaning:
            '`true`: adds the public route `POST /invites/tokens`, by which people without an account join with an invite',
        },
        guestRequestsPerMinute: {
          ...count(1, 10_000),
          default: '',
          meaning:
            'rate limit for guests per client address and minute, not counting returning guests; 30 if omitted',
          variable: 'GUEST_REQUESTS_PER_MINUTE',
          functions: ['joinAsGuest'],
        },
        guestThrottleRate: {
          ...required(count(1, 10_000)),
          default: 25,
          meaning:
            'requests of all guests per second, on average; a separate limit, so that a flood of guests uses nothing of `throttleRate`',
        },
        guestThrottleBurst: {
          ...required(count(1, 5_000)),
          default: 50,
          meaning: 'requests of all guests at once',
        },
        liveRooms: {
          ...required(oneOf(true, false)),
          default: false,
          meaning:
            "`true`: the platform's callbacks are received at `POST /callbacks` and published on `resultBus` (docs/live.md); needs `callbackSecrets` in the secret",
          variable: 'LIVE_ROOMS',
          functions: ['joinRoom', 'manageRoom', 'openRoom'],
        },
        callbackThrottleRate: {
          ...required(count(1, 10_000)),
          default: 100,
          meaning:
            'callbacks per second on average; a flood of them uses up nothing of `throttleRate`',
        },
        callbackThrottleBurst: {
          ...required(count(1, 5_000)),
          default: 200,
          meaning: 'callbacks at once',
        },
        inviteResults: {
          ...required(oneOf(true, false)),
          default: false,
          meaning:
            '`true`: messages that open a room may request invites. Results contain their secrets, so anyone who reads `resultBus` can join with them',
          variable: 'INVITE_RESULTS',
          functions: ['openRoom'],
        },
        roomsTableName: {
          ...text(/^[\w.-]{3,255}$/, 'the name of a table in DynamoDB'),
          default: '',
          meaning:
            'existing table to use, in the account and region of the stack, such as a replica of a global table; without it the stack creates a table (docs/operations.md, "A second region")',
        },
        protectRooms: {
          ...required(oneOf(true, false)),
          default: false,
          meaning: '`true`: the table and the stack cannot be deleted',
        },
        sampleRoutes: {
          ...required(oneOf(true, false)),
          default: false,
          meaning: "`true`: adds the routes of the vendor's sample servers",
          variable: 'SAMPLE_ROUTES',
          functions: ['joinRoom'],
        },
        describe: {
          ...required(oneOf(true, false)),
          default: false,
          meaning:
            '`true`: serves the OpenAPI document at `/openapi.json`, and lets trusted callers check tokens at `POST /tokens/inspect`',
        },
      },
    },
    {
      title: 'Requests by message',
      parameters: {
        eventTrigger: {
          ...required(oneOf(true, false)),
          default: false,
          meaning: '`true`: EventBridge events request sessions',
        },
        eventBus: {
          ...required(text(bus, 'the name or ARN of an event bus')),
          default: 'default',
          meaning: 'event bus of the requests',
        },
        eventSource: {
          ...text(
            /^(?!opentok-sessions$)\S{1,256}$/,
            'the source of the events (not opentok-sessions, which is the source of our own)',
          ),
          default: '',
          meaning: 'source of the requests; any if omitted',
        },
        eventDetailType: {
          ...required(text(/^.{1,128}$/, 'the detail type of the events')),
          default: 'OpenTok Session Requested',
          meaning: 'detail type of requests for sessions',
        },
        requestTopicArn: {
          ...text(topicArn, 'the ARN of an SNS topic'),
          default: '',
          meaning: 'SNS topic with messages that request sessions',
        },
        queueTrigger: {
          ...required(oneOf(true, false)),
          default: false,
          meaning: '`true`: adds a queue of requests for sessions',
        },
        roomEventTrigger: {
          ...required(oneOf(true, false)),
          default: false,
          meaning: '`true`: EventBridge events request rooms',
        },
        roomEventDetailType: {
          ...required(text(/^.{1,128}$/, 'the detail type of the events')),
          default: 'OpenTok Room Requested',
          meaning: 'detail type of requests for rooms',
        },
        roomQueueTrigger: {
          ...required(oneOf(true, false)),
          default: false,
          meaning: '`true`: adds a queue of requests for rooms',
        },
        queueConcurrency: {
          ...required(count(2, 1_000)),
          default: 5,
          meaning: 'batches of ten messages that each queue processes at once, at most',
        },
        resultBus: {
          ...required(text(bus, 'the name or ARN of an event bus')),
          default: 'default',
          meaning: 'event bus of the results of all triggers, and of the events of live rooms',
        },
      },
    },
    {
      title: 'One deployment',
      parameters: {
        accept: {
          ...list(/^[\w.]+$/, 'names of what this deployment may remove'),
          default: '',
          meaning: 'with `--param` only: names of what this deployment may remove',
        },
      },
    },
  ];
}

/**
 * Returns all parameters by name.
 *
 * @param {string} [stage]
 * @returns {Record<string, Parameter>}
 */
export function parametersOf(stage = '<stage>') {
  return Object.assign({}, ...groupParameters(stage).map(({ parameters }) => parameters));
}

/** Rules do not depend on the stage; only defaults do. */
export const rules = parametersOf();

/**
 * Describes the allowed values of a parameter.
 *
 * @param {string} name
 * @throws Error if there is no such parameter
 */
export function allowedFor(name) {
  const rule = rules[name];
  if (!rule) throw new Error(`${name} is not a parameter`);
  return rule.allowed;
}

/**
 * Returns the environment variables of all functions, or those of one function only. Parameters that are
 * not given, or `false`, are omitted, so that the function's own default applies.
 *
 * @param {Record<string, any>} values as readParameters returns them
 * @param {string} [functionName]
 * @returns {Record<string, string>}
 */
export function variablesOf(values, functionName) {
  return Object.fromEntries(
    Object.entries(rules).flatMap(([name, { variable, functions }]) => {
      const isMeant = functionName ? functions?.includes(functionName) : !functions;
      const value = values[name];
      const isSet = value !== undefined && value !== false;
      return variable && isMeant && isSet ? [[variable, String(value)]] : [];
    }),
  );
}
