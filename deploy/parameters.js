/**
 * The parameters of a deployment (stages/<stage>.yml, `serverless deploy --param="name=value"`): what
 * each may be. Their defaults are in serverless.yml, where an empty one means "not given". Pure, but
 * for the door at the bottom that serverless.yml includes.
 */
import { loadStageFile } from './stage-parameters.js';

const logRetentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 2192, 2557, 2922, 3288, 3653,
];
const maxTokenSeconds = 30 * 24 * 60 * 60;
const resultDetailTypes = [
  ...['OpenTok Session Created', 'OpenTok Session Failed'],
  ...['OpenTok Room Opened', 'OpenTok Room Failed'],
];

const topicArn = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/;
const bus = /^(arn:aws[a-z-]*:events:[a-z0-9-]+:\d{12}:event-bus\/)?[\w./-]{1,256}$/;

/**
 * What each parameter may be, by name. `read` turns its text into its value, or into `undefined`
 * when it is none of what is `allowed`; only a `required` one cannot be left out.
 *
 * @type {Record<string, { allowed: string, read: (text: string) => any, required?: true, absent?: any }>}
 */
export const rules = {
  auth: required({ ...oneOf('iam', 'jwt', 'none'), allowed: 'iam or jwt' }),
  issuer: text(/^https:\/\/[^\s?#]+$/, 'the https:// address of an OpenID Connect provider'),
  audience: list(/^\S+$/, "the provider's client ids"),
  roleClaim: required(text(/^\S{1,256}$/, 'the name of a claim')),
  defaultRole: required(oneOf('subscriber', 'publisher', 'moderator', 'publisheronly', 'none')),
  maxTokenSeconds: count(1, maxTokenSeconds),
  secretId: required(
    text(
      /^(arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}|[\w/+=.@-]{1,512})$/,
      'the name of a secret, or its complete ARN with the six characters at its end',
    ),
  ),
  secretKeyArn: text(
    /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/,
    'the ARN of a KMS key (of the key, not of an alias)',
  ),
  secretTtlSeconds: count(1, 86_400),
  secretStaleSeconds: count(0, 86_400),
  videoApiUrl: text(
    /^(https:\/\/|http:\/\/(localhost|127\.0\.0\.1)(?=[:/]|$))[^\s?#]*$/,
    'an https:// address (http:// for this machine only)',
  ),
  logRetentionDays: required(oneOf(...logRetentionDays)),
  throttleRate: required({
    ...count(1, 10_000),
    allowed: `a whole number from 1 to 10000 (and no more than the account's own limit in the region leaves: that one is shared by all its APIs)`,
  }),
  throttleBurst: required(count(1, 5_000)),
  reservedConcurrency: count(1, 10_000),
  corsOrigins: list(
    /^(https:\/\/[a-z0-9.-]+|http:\/\/localhost)(:\d{1,5})?$/,
    'origins such as https://app.example.com (no path, no *; http:// for localhost only)',
  ),
  domainName: text(
    /^(?=.{1,255}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/,
    'a domain such as video.example.com',
  ),
  certificateArn: text(
    /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
    'the ARN of a certificate in Certificate Manager',
  ),
  hostedZoneId: text(/^Z[A-Z0-9]{1,31}$/, 'the id of a hosted zone in Route 53'),
  tags: list(
    /^(?!aws:)[\p{L}\p{N} +\-._:/@]{1,128}=[\p{L}\p{N} +\-=._:/@]{0,256}$/iu,
    'tags such as team=video (no name that begins with aws:)',
  ),
  tracing: required(oneOf(true, false)),
  alarmTopicArn: text(topicArn, 'the ARN of an SNS topic'),
  alarmCrashCount: required(count(1, 1_000_000)),
  alarmFaultCount: required(count(1, 1_000_000)),
  alarmFaultPercent: required(count(1, 100)),
  alarmThrottleCount: required(count(1, 1_000_000)),
  alarmQueueAgeSeconds: required(count(60, 86_400)),
  dashboard: required(oneOf(true, false)),
  eventTrigger: required(oneOf(true, false)),
  eventBus: required(text(bus, 'the name or ARN of an event bus')),
  eventSource: text(/^\S{1,256}$/, 'the source of the events'),
  eventDetailType: required(text(/^.{1,128}$/, 'the detail type of the events')),
  requestTopicArn: text(topicArn, 'the ARN of an SNS topic'),
  queueTrigger: required(oneOf(true, false)),
  queueConcurrency: required(count(2, 1_000)),
  resultBus: required(text(bus, 'the name or ARN of an event bus')),
  roomsClaim: text(/^\S{1,256}$/, 'the name of a claim'),
  roomsOnly: required(oneOf(true, false)),
  openRooms: required(oneOf(true, false)),
  roomTtlDays: count(1, 3650),
  roomCacheSeconds: count(0, 86_400),
  protectRooms: required(oneOf(true, false)),
  sampleRoutes: required(oneOf(true, false)),
  roomEventTrigger: required(oneOf(true, false)),
  roomEventDetailType: required(text(/^.{1,128}$/, 'the detail type of the events')),
  roomQueueTrigger: required(oneOf(true, false)),
  accept: list(/^[\w.]+$/, 'names of what this deployment may take away'),
};

function required(rule) {
  return { ...rule, required: true };
}

function oneOf(...choices) {
  return {
    allowed: choices.join(', ').replace(/, ([^,]+)$/, ' or $1'),
    read: (given) => choices.find((choice) => String(choice) === given),
  };
}

function count(min, max) {
  return {
    allowed: `a whole number from ${min} to ${max}`,
    read: (given) => {
      const value = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
      return value >= min && value <= max ? value : undefined;
    },
  };
}

function text(pattern, allowed) {
  return { allowed, read: (given) => (pattern.test(given) ? given : undefined) };
}

function list(pattern, allowed) {
  return {
    allowed: `${allowed}, with commas between`,
    absent: [],
    read: (given) => {
      const items = given.split(',').map((item) => item.trim());
      return items.every((item) => pattern.test(item)) ? items : undefined;
    },
  };
}

/** Not a property of the stack, but one deployment's consent. */
const ofOneDeployment = ['accept'];
/** What makes a custom domain. */
const domainParameters = ['domainName', 'certificateArn', 'hostedZoneId'];

/**
 * Reads all parameters and finds every fault at once. A faulty one counts as left out, so that the
 * stack can be put together up to the point where check-parameters.js refuses it in words.
 *
 * @param {Record<string, unknown>} given raw values by name
 * @param {string} [region] of the stack, when it is known
 * @returns {{ values: Record<string, any>, recorded: Record<string, string>, faults: string[] }}
 *   `recorded`: what the stack tells of itself, as text
 */
export function readParameters(given, region) {
  const values = {};
  const recorded = {};
  const faults = [];
  for (const [name, rule] of Object.entries(rules)) {
    const raw = String(given[name] ?? '').trim();
    const value = raw === '' ? undefined : rule.read(raw);
    values[name] = value ?? rule.absent;
    if (value !== undefined && !ofOneDeployment.includes(name)) recorded[name] = raw;
    if (value !== undefined || (raw === '' && !rule.required)) continue;
    const fault = raw === '' ? `${name} is missing` : `${name} cannot be "${raw}"`;
    faults.push(`${fault}: give ${rule.allowed}`);
  }
  return {
    values,
    recorded,
    faults: [...faults, ...findContradictions(given, values), ...findFarArns(values, region)],
  };
}

function findContradictions(given, values) {
  const { auth } = values;
  const faults = [];
  for (const name of ['issuer', 'audience']) {
    if (auth === 'jwt' && !given[name]) {
      faults.push(`${name} is missing: auth=jwt needs ${rules[name].allowed}`);
    }
    if (auth && auth !== 'jwt' && given[name]) {
      faults.push(`${name} means nothing with auth=${auth}: give auth=jwt, or leave it out`);
    }
  }
  if (values.openRooms && !given.roomTtlDays) {
    faults.push(
      `roomTtlDays is missing: openRooms=true needs ${rules.roomTtlDays.allowed}, for else whoever may join fills the table with rooms that never end`,
    );
  }
  // A browser that signs has its credentials from an identity pool, and those are refused.
  if (auth === 'iam' && values.corsOrigins.length > 0) {
    faults.push(
      'corsOrigins means nothing with auth=iam, whose callers are no browsers: give auth=jwt, or leave it out',
    );
  }
  const missing = domainParameters.filter((name) => !given[name]);
  if (missing.length < domainParameters.length) {
    for (const name of missing) {
      faults.push(`${name} is missing: a custom domain needs ${domainParameters.join(', ')}`);
    }
  }
  const tagNames = values.tags.map((tag) => tag.split('=')[0]);
  const repeated = tagNames.find((name, index) => tagNames.indexOf(name) < index);
  if (repeated) faults.push(`tags cannot be "${given.tags}": ${repeated} is there twice`);
  for (const name of ['eventDetailType', 'roomEventDetailType']) {
    if (resultDetailTypes.includes(values[name])) {
      faults.push(
        `${name} cannot be "${values[name]}": that is a result of this service, which would trigger itself`,
      );
    }
  }
  if (values.roomEventDetailType && values.roomEventDetailType === values.eventDetailType) {
    faults.push(
      `roomEventDetailType cannot be "${values.roomEventDetailType}": that is eventDetailType, and an event would ask for both a room and a session`,
    );
  }
  return faults;
}

/**
 * Everything that a parameter names by ARN is used from the stack's region: a subscription is made
 * where the topic is, alarms ring topics of their own region only, a certificate of a regional
 * domain, a rule's bus and a secret are looked for in the region of who asks.
 */
function findFarArns(values, region) {
  if (!region) return [];
  return Object.entries(values).flatMap(([name, value]) => {
    const [scheme, , , ofArn] = typeof value === 'string' ? value.split(':') : [];
    if (scheme !== 'arn' || ofArn === region) return [];
    return [`${name} cannot be "${value}": that is in ${ofArn}, and this stack in ${region}`];
  });
}

/**
 * For serverless.yml, as `${file(deploy/parameters.js):parameters}`: what this deployment was given.
 *
 * @param {{ resolveVariable: (variable: string) => Promise<unknown>, options: Record<string, any> }} context
 */
export async function parameters(context) {
  const { resolveVariable } = context;
  const given = {};
  for (const name of Object.keys(rules)) given[name] = await resolveVariable(`param:${name}, ''`);
  const read = readParameters(given, await resolveVariable("self:provider.region, ''"));
  const file = await loadStageFile(context);
  return { ...read, faults: [...read.faults, ...file.faults] };
}
