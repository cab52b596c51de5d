/**
 * Validates a deployment's parameters, one by one and against each other. Pure, except for the function at
 * the bottom, which serverless.yml calls.
 */
import { allowedFor, resultDetailTypes, rules } from './parameters.js';
import { loadStageFiles } from './stage-parameters.js';

/** Belongs to one deployment, not to the stack. */
const ofOneDeployment = ['accept'];
/** Parameters that mean nothing without another one. */
const needed = {
  certificateArn: 'domainName',
  hostedZoneId: 'domainName',
  dnsFailover: 'hostedZoneId',
  healthCheckId: 'dnsFailover',
  vpcSubnetIds: 'vpcSecurityGroupIds',
  vpcSecurityGroupIds: 'vpcSubnetIds',
  ticketTopicArn: 'alarmTopicArn',
  runbookUrl: 'alarmTopicArn',
};

/**
 * Reads all parameters and finds every fault at once. A faulty parameter counts as omitted, so that osls
 * can resolve serverless.yml up to the point where check-parameters.js reports the faults.
 *
 * @param {Record<string, unknown>} given raw values by name
 * @param {string} [region] of the stack, when it is known
 * @returns {{ values: Record<string, any>, recorded: Record<string, string>, faults: string[] }}
 *   `recorded`: what the stack publishes in its output `Parameters`
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
    faults.push(`${fault}: ${rule.explain?.(raw) ?? `give ${rule.allowed}`}`);
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
      faults.push(`${name} is missing: auth=jwt needs ${allowedFor(name)}`);
    }
    if (auth && auth !== 'jwt' && given[name]) {
      faults.push(`${name} has no effect with auth=${auth}: set auth=jwt, or omit it`);
    }
  }
  if (values.openRooms && !given.roomTtlDays) {
    faults.push(
      `roomTtlDays is missing: openRooms=true needs ${allowedFor('roomTtlDays')}, because otherwise anyone who may join can fill the table with rooms that never expire`,
    );
  }
  // A browser that signs has credentials of an identity pool, which are rejected.
  if (auth === 'iam' && !values.guests && values.corsOrigins.length > 0) {
    faults.push(
      'corsOrigins has no effect with auth=iam and without guests, where no caller is a browser: set auth=jwt or guests=true, or omit it',
    );
  }
  if (given.domainName && !given.certificateArn) {
    faults.push(`certificateArn is missing: domainName needs ${allowedFor('certificateArn')}`);
  }
  for (const [name, other] of Object.entries(needed)) {
    if (given[name] && !given[other]) {
      faults.push(`${other} is missing: ${name} needs ${allowedFor(other)}`);
    }
  }
  if (values.dnsFailover === 'primary' && !given.healthCheckId) {
    faults.push(
      `healthCheckId is missing: dnsFailover=primary needs ${allowedFor('healthCheckId')}, because a primary record without one never fails over`,
    );
  }
  if (values.roomsTableName && values.protectRooms) {
    faults.push(
      'protectRooms has no effect with roomsTableName, because that table is not part of the stack: switch on its deletion protection, and omit protectRooms',
    );
  }
  if (auth && auth !== 'iam' && values.callerAccounts.length > 0) {
    faults.push(
      `callerAccounts has no effect with auth=${auth}, which accepts no signatures: set auth=iam, or omit it`,
    );
  }
  // IAM rejects a role with two tag names that differ in case only.
  const tagNames = values.tags.map((tag) => tag.split('=')[0].toLowerCase());
  const repeated = tagNames.find((name, index) => tagNames.indexOf(name) < index);
  if (repeated) faults.push(`tags cannot be "${given.tags}": ${repeated} appears twice`);
  for (const name of ['eventDetailType', 'roomEventDetailType']) {
    if (resultDetailTypes.includes(values[name])) {
      faults.push(
        `${name} cannot be "${values[name]}": that is the type of a result of this service, which would trigger itself`,
      );
    }
  }
  if (values.roomEventDetailType && values.roomEventDetailType === values.eventDetailType) {
    faults.push(
      `roomEventDetailType cannot be "${values.roomEventDetailType}": that is eventDetailType, so one event would request both a room and a session`,
    );
  }
  return faults;
}

/**
 * Finds ARNs of other regions. The stack can use none of them: a subscription must be in the topic's
 * region, an alarm publishes to topics of the same region, and a certificate, a bus and a secret are looked
 * up in the caller's.
 */
function findFarArns(values, region) {
  if (!region) return [];
  return Object.entries(values).flatMap(([name, value]) => {
    const [scheme, , , ofArn] = typeof value === 'string' ? value.split(':') : [];
    // ARNs of IAM name no region.
    if (scheme !== 'arn' || ofArn === '' || ofArn === region) return [];
    return [`${name} cannot be "${value}": it is in ${ofArn}, and this stack is in ${region}`];
  });
}

/**
 * For serverless.yml, as `${file(deploy/read-parameters.js):parameters}`: this deployment's parameters.
 *
 * @param {{ resolveVariable: (variable: string) => Promise<unknown>, options: Record<string, any> }} context
 */
export async function parameters(context) {
  const { resolveVariable } = context;
  const given = {};
  for (const name of Object.keys(rules)) given[name] = await resolveVariable(`param:${name}, ''`);
  const region = await resolveVariable("self:provider.region, ''");
  const read = readParameters(given, typeof region === 'string' ? region : undefined);
  const { faults, files } = await loadStageFiles(context);
  return { ...read, faults: [...read.faults, ...faults], files };
}
