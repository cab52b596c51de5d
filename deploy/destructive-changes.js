/**
 * Compares the deployed template with the next one and finds the changes that remove something that is in
 * use. Pure; deploy/plugins/guard-deployment.js stops a deployment for them.
 *
 * @typedef {{ Type: string, DeletionPolicy?: string, Properties?: Record<string, any> }} Resource
 * @typedef {{ Resources?: Record<string, Resource> }} Template
 * @typedef {{ name: string, what: string }} DestructiveChange `accept` takes the `name`
 */
import { isDeepStrictEqual as isDeepEqual } from 'node:util';
import { callbackRoute, guestRoute, optionalRoutes } from './optional-routes.js';
import { findReplacement } from './replacing-properties.js';

/** Properties that decide where a trigger's requests come from. */
export const triggerSources = {
  'AWS::Events::Rule': ['EventBusName', 'EventPattern', 'ScheduleExpression'],
  'AWS::SNS::Subscription': ['TopicArn', 'FilterPolicy', 'FilterPolicyScope'],
  'AWS::Lambda::EventSourceMapping': ['EventSourceArn', 'FilterCriteria'],
};

/**
 * Returns each change once, by name.
 *
 * @param {Template} deployed
 * @param {Template} next
 * @returns {DestructiveChange[]}
 */
export function findDestructiveChanges(deployed, next) {
  const changes = [
    ...findLostCallers(deployed, next),
    ...findLostRoutes(deployed, next),
    ...entriesOf(deployed).flatMap(([id, before]) => {
      const found = next.Resources?.[id];
      const after = found?.Type === before.Type ? found : undefined;
      const find = finders[before.Type];
      return find ? find({ id, before, after, next }) : [];
    }),
  ];
  return [...new Map(changes.map((change) => [change.name, change])).values()];
}

/** By type; `after` is undefined if the resource is gone. */
const finders = {
  'AWS::ApiGatewayV2::Api': findLostApi,
  'AWS::ApiGatewayV2::DomainName': findLostDomain,
  'AWS::DynamoDB::Table': findLostTable,
  'AWS::Events::Rule': findLostTrigger,
  'AWS::Lambda::EventSourceMapping': findLostTrigger,
  'AWS::Route53::RecordSet': findLostRecord,
  'AWS::SNS::Subscription': findLostTrigger,
  'AWS::SQS::Queue': findLostQueue,
};

/** Types of resources that hold data, an address or requests. */
export const watchedTypes = Object.keys(finders);

function entriesOf({ Resources = {} }) {
  return Object.entries(Resources);
}

function ofType(template, type) {
  return entriesOf(template).filter(([, { Type }]) => Type === type);
}

/** Compares the kind of authorizer, and the issuer and audience of its tokens. */
function findLostCallers(deployed, next) {
  const before = readAuth(deployed);
  const after = readAuth(next);
  if (before.auth === '' || after.auth === '') return [];
  if (before.auth !== after.auth) {
    const what = `${after.auth} instead of ${before.auth}: today's callers are rejected`;
    return [{ name: 'auth', what }];
  }
  const isOtherIssuer = before.issuer !== after.issuer;
  const lost = before.audience.filter((client) => !after.audience.includes(client));
  return [
    ...(isOtherIssuer
      ? [
          {
            name: 'issuer',
            what: `${after.issuer} instead of ${before.issuer}: today's tokens are rejected`,
          },
        ]
      : []),
    ...(lost.length > 0
      ? [{ name: 'audience', what: `without ${lost.join(', ')}: their tokens are rejected` }]
      : []),
  ];
}

/** Names lost routes by the parameter that adds them, or else by their logical ids. */
function findLostRoutes(deployed, next) {
  const kept = new Set(routesOf(next).map(({ key }) => key));
  const lost = routesOf(deployed).filter(({ key }) => !kept.has(key));
  const names = new Set(lost.map(nameRoute));
  return [...names].map((name) => {
    const keys = lost.filter((route) => nameRoute(route) === name).map(({ key }) => key);
    return { name, what: `${keys.join(', ')}: callers get 404` };
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
    .filter(({ key }) => key !== guestRoute && key !== callbackRoute)
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

function findLostApi({ id, before, after }) {
  if (after && !isReplaced(before, after)) return [];
  return [{ name: id, what: 'the API: it gets another address' }];
}

function findLostQueue({ id, before, after }) {
  if (!after) return [{ name: id, what: 'the queue, with the messages in it' }];
  if (!isReplaced(before, after)) return [];
  return [{ name: id, what: 'the queue is replaced by an empty one' }];
}

function findLostTrigger({ id, before, after }) {
  // A schedule brings no requests; it goes with its function.
  const goesAlong = !after && before.Properties?.ScheduleExpression !== undefined;
  if (isOff(before) || goesAlong) return [];
  const kind = before.Type.split('::').at(-1);
  if (!after) return [{ name: id, what: `the trigger (${kind})` }];
  if (isOff(after)) return [{ name: id, what: `the trigger (${kind}) is switched off` }];
  if (areSame(before, after, triggerSources[before.Type])) return [];
  return [{ name: id, what: `the trigger (${kind}) gets requests from elsewhere` }];
}

/** @param {Resource} trigger */
function isOff({ Properties = {} }) {
  return Properties.State === 'DISABLED' || Properties.Enabled === false;
}

function findLostTable({ id, before, after }) {
  if (!after) return [{ name: id, what: 'the table, with its items' }];
  const isSameTable =
    !isReplaced(before, after) && isDeepEqual(keyTypesOf(before), keyTypesOf(after));
  return [
    ...(isSameTable ? [] : [{ name: id, what: 'the table is replaced by an empty one' }]),
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

/** Types of the key attributes; attributes of indexes can change. */
function keyTypesOf({ Properties: { KeySchema = [], AttributeDefinitions = [] } = {} }) {
  return KeySchema.map(({ AttributeName: key }) =>
    AttributeDefinitions.find(({ AttributeName }) => AttributeName === key),
  );
}

/**
 * Whether a table has deletion protection.
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

function findLostDomain({ before, after }) {
  const domain = before.Properties?.DomainName;
  if (after && !isReplaced(before, after)) return [];
  return [{ name: 'domainName', what: `${domain}: clients that use it do not reach the API` }];
}

/** If the domain is removed too, `domainName` covers its records. */
function findLostRecord({ before, after, next }) {
  const { Name, HostedZoneId } = before.Properties ?? {};
  const hasDomain = ofType(next, 'AWS::ApiGatewayV2::DomainName').some(
    ([, { Properties }]) => Properties?.DomainName === Name,
  );
  if (!hasDomain || (after && !isReplaced(before, after))) return [];
  return [{ name: 'hostedZoneId', what: `the DNS records of ${Name} in the zone ${HostedZoneId}` }];
}

function isReplaced(before, after) {
  return findReplacement(before, after) !== 'never';
}

function areSame(before, after, names) {
  return names.every((name) => isDeepEqual(before.Properties?.[name], after.Properties?.[name]));
}

/**
 * Compares the changes with the names in `accept`.
 *
 * @param {readonly DestructiveChange[]} changes
 * @param {readonly string[]} accepted
 * @returns {{ refused: DestructiveChange[], unneeded: string[] }} changes without consent, and names that
 *   match no change: left in a script, such a name would accept a later change
 */
export function compareConsent(changes, accepted) {
  const names = changes.map(({ name }) => name);
  return {
    refused: changes.filter(({ name }) => !accepted.includes(name)),
    unneeded: accepted.filter((name) => !names.includes(name)),
  };
}
