/**
 * Reads a deployment's parameters against what each may be, and finds what contradicts itself. Pure,
 * but for the door at the bottom that serverless.yml includes.
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
      faults.push(`${name} means nothing with auth=${auth}: give auth=jwt, or leave it out`);
    }
  }
  if (values.openRooms && !given.roomTtlDays) {
    faults.push(
      `roomTtlDays is missing: openRooms=true needs ${allowedFor('roomTtlDays')}, for else whoever may join fills the table with rooms that never end`,
    );
  }
  // A browser that signs has its credentials from an identity pool, and those are refused.
  if (auth === 'iam' && !values.guests && values.corsOrigins.length > 0) {
    faults.push(
      'corsOrigins means nothing with auth=iam and without guests, where no caller is a browser: give auth=jwt or guests=true, or leave it out',
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
  if (auth && auth !== 'iam' && values.callerAccounts.length > 0) {
    faults.push(
      `callerAccounts means nothing with auth=${auth}, where a signature does not let anyone in: give auth=iam, or leave it out`,
    );
  }
  // To IAM names that differ by case alone are the same, and a role with both is refused.
  const tagNames = values.tags.map((tag) => tag.split('=')[0].toLowerCase());
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
    // ARNs of IAM name no region.
    if (scheme !== 'arn' || ofArn === '' || ofArn === region) return [];
    return [`${name} cannot be "${value}": that is in ${ofArn}, and this stack in ${region}`];
  });
}

/**
 * For serverless.yml, as `${file(deploy/read-parameters.js):parameters}`: what this deployment was given.
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
