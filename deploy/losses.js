/**
 * What a deployment would take away: the template that runs, compared with the one that is to run.
 * Pure; deploy/plugins/guard-deployment.js stops a deployment for it.
 *
 * @typedef {{ Type: string, DeletionPolicy?: string, Properties?: Record<string, any> }} Resource
 * @typedef {{ Resources?: Record<string, Resource> }} Template
 * @typedef {{ name: string, what: string }} Loss `name` is what `accept` takes
 */
import { isDeepStrictEqual as isDeepEqual } from 'node:util';
import { guestRoute, optionalRoutes } from './optional-routes.js';

/** What makes a queue another one. Source: AWS::SQS::Queue, "Update requires: Replacement". */
const queueIdentity = ['QueueName', 'FifoQueue'];
/** The same for a table, but for the types of its keys. Source: AWS::DynamoDB::Table. */
const tableIdentity = ['TableName', 'KeySchema'];

/** Where requests come from, by type of the trigger: from somewhere else is another trigger. */
const triggerSources = {
  'AWS::Events::Rule': ['EventBusName', 'EventPattern', 'ScheduleExpression'],
  'AWS::SNS::Subscription': ['TopicArn', 'FilterPolicy', 'FilterPolicyScope'],
  'AWS::Lambda::EventSourceMapping': ['EventSourceArn', 'FilterCriteria'],
};

/**
 * @param {Template} deployed
 * @param {Template} next
 * @returns {Loss[]} each name once
 */
export function findLosses(deployed, next) {
  const losses = [
    ...findLostCallers(deployed, next),
    ...findLostRoutes(deployed, next),
    ...entriesOf(deployed).flatMap(([id, before]) => {
      const after = next.Resources?.[id];
      const isThere = after?.Type === before.Type;
      if (before.Type === 'AWS::SQS::Queue') return findLostQueue(id, before, isThere && after);
      if (before.Type === 'AWS::DynamoDB::Table')
        return findLostTable(id, before, isThere && after);
      if (before.Type === 'AWS::ApiGatewayV2::DomainName') {
        return findLostDomain(before, isThere && after);
      }
      if (before.Type === 'AWS::Route53::RecordSet') {
        return findLostRecord(before, isThere && after, next);
      }
      return before.Type in triggerSources ? findLostTrigger(id, before, isThere && after) : [];
    }),
  ];
  return [...new Map(losses.map((loss) => [loss.name, loss])).values()];
}

function entriesOf({ Resources = {} }) {
  return Object.entries(Resources);
}

function ofType(template, type) {
  return entriesOf(template).filter(([, { Type }]) => Type === type);
}

/** Who may call: the kind of authorizer, the provider that a JWT is to be from, and for whom. */
function findLostCallers(deployed, next) {
  const before = readAuth(deployed);
  const after = readAuth(next);
  if (before.auth === '' || after.auth === '') return [];
  if (before.auth !== after.auth) {
    const what = `${after.auth} instead of ${before.auth}: who may call today is refused`;
    return [{ name: 'auth', what }];
  }
  const isOtherIssuer = before.issuer !== after.issuer;
  const lost = before.audience.filter((client) => !after.audience.includes(client));
  return [
    ...(isOtherIssuer
      ? [
          {
            name: 'issuer',
            what: `${after.issuer} instead of ${before.issuer}: tokens of today are refused`,
          },
        ]
      : []),
    ...(lost.length > 0
      ? [{ name: 'audience', what: `without ${lost.join(', ')}: their tokens are refused` }]
      : []),
  ];
}

/** Routes that are gone: by the parameter that has them, else by their own ids. */
function findLostRoutes(deployed, next) {
  const kept = new Set(routesOf(next).map(({ key }) => key));
  const lost = routesOf(deployed).filter(({ key }) => !kept.has(key));
  const names = new Set(lost.map(nameRoute));
  return [...names].map((name) => {
    const keys = lost.filter((route) => nameRoute(route) === name).map(({ key }) => key);
    return { name, what: `${keys.join(', ')}: who calls that gets 404` };
  });
}

function nameRoute({ id, key }) {
  const parameter = Object.keys(optionalRoutes).find((name) => optionalRoutes[name]?.includes(key));
  return parameter ?? id;
}

function routesOf(template) {
  return ofType(template, 'AWS::ApiGatewayV2::Route').map(([id, { Properties = {} }]) => ({
    id,
    key: Properties.RouteKey,
    kind: Properties.AuthorizationType ?? 'NONE',
  }));
}

function readAuth(template) {
  const kinds = routesOf(template)
    .filter(({ key }) => key !== guestRoute)
    .map(({ kind }) => kind);
  const names = { AWS_IAM: 'iam', JWT: 'jwt', NONE: 'none' };
  const [, authorizer] = ofType(template, 'AWS::ApiGatewayV2::Authorizer')[0] ?? [];
  const { Issuer, Audience = [] } = authorizer?.Properties?.JwtConfiguration ?? {};
  return {
    auth: [...new Set(kinds)]
      .map((kind) => names[kind] ?? kind)
      .sort()
      .join(' and '),
    issuer: Issuer,
    audience: Audience,
  };
}

function findLostQueue(id, before, after) {
  if (!after) return [{ name: id, what: 'the queue, with the messages in it' }];
  if (areSame(before, after, queueIdentity)) return [];
  return [{ name: id, what: 'the queue is made anew, without the messages in it' }];
}

function findLostTrigger(id, before, after) {
  if (isOff(before)) return [];
  const kind = before.Type.split('::').at(-1);
  if (!after) return [{ name: id, what: `the trigger (${kind})` }];
  if (isOff(after)) return [{ name: id, what: `the trigger (${kind}) is switched off` }];
  if (areSame(before, after, triggerSources[before.Type])) return [];
  return [{ name: id, what: `the trigger (${kind}) listens to something else` }];
}

/** @param {Resource} trigger */
function isOff({ Properties = {} }) {
  return Properties.State === 'DISABLED' || Properties.Enabled === false;
}

function findLostTable(id, before, after) {
  if (!after) return [{ name: id, what: 'the table, with what is in it' }];
  const isSameTable =
    areSame(before, after, tableIdentity) && isDeepEqual(keyTypesOf(before), keyTypesOf(after));
  return [
    ...(isSameTable ? [] : [{ name: id, what: 'the table is made anew, without what is in it' }]),
    ...(isProtected(before) && !isProtected(after)
      ? [{ name: 'protectRooms', what: `${id} can be deleted` }]
      : []),
    ...(isRestorable(before) && !isRestorable(after)
      ? [{ name: `${id}.PointInTimeRecovery`, what: `${id} can no longer be restored` }]
      : []),
    ...(isKept(before) && !isKept(after)
      ? [{ name: `${id}.DeletionPolicy`, what: `${id} is deleted with the stack` }]
      : []),
  ];
}

/** Types of the attributes that are keys; an attribute of an index alone may come and go. */
function keyTypesOf({ Properties: { KeySchema = [], AttributeDefinitions = [] } = {} }) {
  return KeySchema.map(({ AttributeName: key }) =>
    AttributeDefinitions.find(({ AttributeName }) => AttributeName === key),
  );
}

/**
 * Whether a table refuses to be deleted.
 *
 * @param {Resource} table
 */
export function isProtected({ Properties = {} }) {
  return Properties.DeletionProtectionEnabled === true;
}

/** @param {Resource} table */
function isRestorable({ Properties = {} }) {
  return Properties.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled === true;
}

function isKept({ DeletionPolicy = 'Delete' }) {
  return DeletionPolicy !== 'Delete';
}

function findLostDomain(before, after) {
  const domain = before.Properties?.DomainName;
  if (after && after.Properties?.DomainName === domain) return [];
  return [{ name: 'domainName', what: `${domain}: clients that know the API by it` }];
}

/** Without the domain itself, its records are part of that loss. */
function findLostRecord(before, after, next) {
  const { Name, HostedZoneId } = before.Properties ?? {};
  const hasDomain = ofType(next, 'AWS::ApiGatewayV2::DomainName').some(
    ([, { Properties }]) => Properties?.DomainName === Name,
  );
  if (!hasDomain || (after && after.Properties?.HostedZoneId === HostedZoneId)) return [];
  return [{ name: 'hostedZoneId', what: `the DNS records of ${Name} in the zone ${HostedZoneId}` }];
}

function areSame(before, after, names) {
  return names.every((name) => isDeepEqual(before.Properties?.[name], after.Properties?.[name]));
}

/**
 * What the deployment's consent says beside what it takes away.
 *
 * @param {readonly Loss[]} losses
 * @param {readonly string[]} accepted
 * @returns {{ refused: Loss[], unneeded: string[] }} what was not agreed to, and what no loss is
 *   called: left in a script, such a name would let through a loss of another day
 */
export function compareConsent(losses, accepted) {
  const names = losses.map(({ name }) => name);
  return {
    refused: losses.filter(({ name }) => !accepted.includes(name)),
    unneeded: accepted.filter((name) => !names.includes(name)),
  };
}
