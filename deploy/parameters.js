/**
 * The parameters of a deployment (stages/<stage>.yml, `serverless deploy --param="name=value"`), each
 * declared once: what it may be, its default, what it means, and the functions' variable that it is
 * told by. serverless.yml, docs/parameters.md and the checks before a deployment follow from here.
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
 * }} Parameter an empty default means "not given"; `variable` is the environment variable that tells
 *   it to `functions`, by default to all of them
 */

/**
 * In the order in which people look for them.
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
            'who may call: back ends with IAM signatures, or end users with tokens of an OpenID Connect provider',
          variable: 'AUTH',
        },
        issuer: {
          ...issuerUrl(),
          default: '',
          meaning: 'with `auth=jwt`: the provider',
        },
        audience: {
          ...list(/^\S+$/, "the provider's client ids"),
          default: '',
          meaning: "with `auth=jwt`: the provider's client ids",
        },
        roleClaim: {
          ...required(claim()),
          default: 'opentok_role',
          meaning: "claim that names an end user's highest role",
          variable: 'ROLE_CLAIM',
        },
        defaultRole: {
          ...required(oneOf('subscriber', 'publisher', 'moderator', 'publisheronly', 'none')),
          default: 'publisher',
          meaning: 'highest role of end users without that claim; `none` refuses them',
          variable: 'DEFAULT_ROLE',
        },
        roomsClaim: {
          ...claim(),
          default: '',
          meaning: 'claim that lists the rooms an end user may join; without it all',
          variable: 'ROOMS_CLAIM',
        },
        roomsOnly: {
          ...required(oneOf(true, false)),
          default: false,
          meaning:
            'whether end users get tokens by room alone, not by session id; `roomsClaim` implies it',
          variable: 'ROOMS_ONLY',
        },
        maxTokenSeconds: {
          ...count(1, maxTokenSeconds),
          default: '',
          meaning:
            'lowers the longest life of a token for all callers: 30 days, for end users 24 hours',
          variable: 'MAX_TOKEN_SECONDS',
        },
        corsOrigins: {
          ...list(
            /^(https:\/\/[a-z0-9.-]+|http:\/\/localhost)(:\d{1,5})?$/,
            'origins such as https://app.example.com (no path, no *; http:// for localhost only; apps with another scheme, such as capacitor://, send requests natively instead)',
          ),
          default: '',
          meaning:
            'origins whose pages may call: with `auth=jwt` all routes, with `auth=iam` the one of guests',
        },
        callerAccounts: {
          ...list(/^\d{12}$/, 'AWS account ids of twelve digits'),
          default: '',
          meaning:
            'with `auth=iam`: accounts whose principals may assume the role in the output `CallerRoleArn`, which may call every route; each account decides which of its principals may',
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
          meaning: 'customer key that the secret is encrypted with: adds `kms:Decrypt` on it',
        },
        secretTtlSeconds: {
          ...count(1, 86_400),
          default: '',
          meaning: 'for how long a secret that was read serves; without it 300',
          variable: 'SECRET_TTL_SECONDS',
        },
        secretStaleSeconds: {
          ...count(0, 86_400),
          default: '',
          meaning: 'for how much longer it serves while it cannot be read again; without it 3600',
          variable: 'SECRET_STALE_SECONDS',
        },
        videoApiUrl: {
          ...address(
            // As lib/wiring/environment.ts reads it.
            /^(https:\/\/|http:\/\/(localhost|127\.0\.0\.1)(?=[:/]|$))[^\s?#@]*$/,
            'an https:// address (http:// for this machine only)',
          ),
          default: '',
          meaning: "base URL of the platform's REST API; without it the one of the secret's kind",
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
            "requests per second on average; a target, which the account's own limit goes before (in a region 10,000 per second, in newer ones 2,500, shared by all its APIs)",
        },
        throttleBurst: {
          ...required(count(1, 5_000)),
          default: 100,
          meaning: 'requests at once',
        },
        reservedConcurrency: {
          ...count(1, 10_000),
          default: '',
          meaning:
            "how many requests each function works on at once at most, taken out of the account's concurrency for it, half of them messages at most; keeps nothing warm",
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
          meaning: 'of all resources that can have some',
        },
        logRetentionDays: {
          ...required(oneOf(...logRetentionDays)),
          default: 30,
          meaning: 'for how many days all log groups keep their lines',
        },
        tracing: {
          ...required(oneOf(true, false)),
          default: false,
          meaning: 'whether X-Ray traces the functions',
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
            "CloudFormation's service role, with which it creates, updates and deletes everything in the stack; who deploys needs `iam:PassRole` on it",
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
            'percentage of 401 and 403 among the requests to guarded routes, at 20 requests or more in five minutes, from which on the alarm rings',
        },
        alarmCrashCount: {
          ...required(count(1, 1_000_000)),
          default: 1,
          meaning: 'crashes in five minutes from which on the alarm rings',
        },
        alarmFaultCount: {
          ...required(count(1, 1_000_000)),
          default: 1,
          meaning: 'faults of ours in five minutes from which on the alarm rings',
        },
        alarmFaultPercent: {
          ...required(count(1, 100)),
          default: 5,
          meaning: 'failing calls of a hundred from which on the alarm rings',
        },
        alarmThrottleCount: {
          ...required(count(1, 1_000_000)),
          default: 10,
          meaning: 'throttled calls in five minutes from which on the alarm rings',
        },
        alarmQueueAgeSeconds: {
          ...required(count(60, 86_400)),
          default: 900,
          meaning: "age of a queue's oldest message from which on the alarm rings",
        },
        dashboard: {
          ...required(oneOf(true, false)),
          default: true,
          meaning: 'whether there are a CloudWatch dashboard and saved queries of the logs',
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
            'whether any end user may create a room by joining it, with the default options; needs `roomTtlDays`',
          variable: 'OPEN_ROOMS',
          functions: ['joinRoom'],
        },
        roomTtlDays: {
          ...count(1, 3650),
          default: '',
          meaning: 'for how many days a room lasts; without it for ever',
          variable: 'ROOM_TTL_DAYS',
          functions: ['joinRoom', 'manageRoom', 'openRoom'],
        },
        roomCacheSeconds: {
          ...count(0, 86_400),
          default: '',
          meaning:
            'for how long a container serves a room that no host has put without asking the table; without it 60',
          variable: 'ROOM_CACHE_SECONDS',
          functions: ['joinRoom'],
        },
        guests: {
          ...required(oneOf(true, false)),
          default: false,
          meaning:
            'whether there is the public route by which people without an account join with an invite, `POST /invites/tokens`',
        },
        guestRequestsPerMinute: {
          ...count(1, 10_000),
          default: '',
          meaning:
            'how many requests of guests an address has a minute, those that come back left out; without it 30',
          variable: 'GUEST_REQUESTS_PER_MINUTE',
          functions: ['joinAsGuest'],
        },
        guestThrottleRate: {
          ...required(count(1, 10_000)),
          default: 25,
          meaning:
            'requests of all guests per second on average: a target of their own, so that a flood of them uses up nothing of `throttleRate`',
        },
        guestThrottleBurst: {
          ...required(count(1, 5_000)),
          default: 50,
          meaning: 'requests of all guests at once',
        },
        inviteResults: {
          ...required(oneOf(true, false)),
          default: false,
          meaning:
            'whether messages that open a room may ask for invites: their secrets are in the results, so that whoever reads `resultBus` can join with them',
          variable: 'INVITE_RESULTS',
          functions: ['openRoom'],
        },
        protectRooms: {
          ...required(oneOf(true, false)),
          default: false,
          meaning: 'whether table and stack refuse to be deleted',
        },
        sampleRoutes: {
          ...required(oneOf(true, false)),
          default: false,
          meaning: "whether there are the routes of the vendor's sample servers",
          variable: 'SAMPLE_ROUTES',
          functions: ['joinRoom'],
        },
        describe: {
          ...required(oneOf(true, false)),
          default: false,
          meaning:
            'whether the deployment serves its own OpenAPI document, at `/openapi.json`, and tells trusted callers whether the project has signed a token, at `POST /tokens/inspect`',
        },
      },
    },
    {
      title: 'Requests that nobody waits for',
      parameters: {
        eventTrigger: {
          ...required(oneOf(true, false)),
          default: false,
          meaning: 'sessions on request of EventBridge',
        },
        eventBus: {
          ...required(text(bus, 'the name or ARN of an event bus')),
          default: 'default',
          meaning: 'bus that requests come on',
        },
        eventSource: {
          ...text(/^\S{1,256}$/, 'the source of the events'),
          default: '',
          meaning: 'source of the requests; without it any',
        },
        eventDetailType: {
          ...required(text(/^.{1,128}$/, 'the detail type of the events')),
          default: 'OpenTok Session Requested',
          meaning: 'detail type of requests for sessions',
        },
        requestTopicArn: {
          ...text(topicArn, 'the ARN of an SNS topic'),
          default: '',
          meaning: 'sessions on request of this SNS topic',
        },
        queueTrigger: {
          ...required(oneOf(true, false)),
          default: false,
          meaning: 'a queue of requests for sessions',
        },
        roomEventTrigger: {
          ...required(oneOf(true, false)),
          default: false,
          meaning: 'rooms on request of EventBridge',
        },
        roomEventDetailType: {
          ...required(text(/^.{1,128}$/, 'the detail type of the events')),
          default: 'OpenTok Room Requested',
          meaning: 'detail type of requests for rooms',
        },
        roomQueueTrigger: {
          ...required(oneOf(true, false)),
          default: false,
          meaning: 'a queue of requests for rooms',
        },
        queueConcurrency: {
          ...required(count(2, 1_000)),
          default: 5,
          meaning: 'batches of ten messages that each queue has under way at most',
        },
        resultBus: {
          ...required(text(bus, 'the name or ARN of an event bus')),
          default: 'default',
          meaning: 'bus for the results of all of these',
        },
      },
    },
    {
      title: 'One deployment',
      parameters: {
        accept: {
          ...list(/^[\w.]+$/, 'names of what this deployment may take away'),
          default: '',
          meaning: 'with `--param` only: names of what this deployment may take away',
        },
      },
    },
  ];
}

/**
 * All of them by name.
 *
 * @param {string} [stage]
 * @returns {Record<string, Parameter>}
 */
export function parametersOf(stage = '<stage>') {
  return Object.assign({}, ...groupParameters(stage).map(({ parameters }) => parameters));
}

/** Without a stage: what each may be does not depend on it. */
export const rules = parametersOf();

/**
 * What a parameter may be, in words.
 *
 * @param {string} name
 * @throws Error when there is no such parameter
 */
export function allowedFor(name) {
  const rule = rules[name];
  if (!rule) throw new Error(`${name} is not a parameter`);
  return rule.allowed;
}

/**
 * The variables that tell parameters to all functions, or those that only one of them is told. What is
 * not given, or off, is left out: the function's own default applies.
 *
 * @param {Record<string, any>} values as they were read
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
