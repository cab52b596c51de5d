/**
 * `npm run test:deploy`: a rehearsal of a deployment's whole life, with the real serverless command
 * against moto on loopback: a deployment that fails, one that works, what it deployed run, a change
 * with everything switched on from a stage's file, refusals of all that would take something away,
 * dead letters moved back, a rollback, a deployment over it, the end, and nothing is left.
 *
 * Moto passes silently over what it does not know. So each resource of the template is looked for,
 * and one that is missing fails the rehearsal unless its type is on the list below.
 */
import assert from 'node:assert/strict';
import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateEventBusCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { guestRoute, guestRouteId } from '../../deploy/optional-routes.js';
import { startPlatform } from '../../stand-ins/platform.ts';
import { verifyHs256 } from '../../test/support/verify-token.ts';
import { copyService, runServerless, type ServiceCopy } from '../package-service.ts';
import { findPython, MissingToolError } from '../python.ts';
import { runZip } from '../run-zip.ts';
import { type DeployedFunction, type DeployedStack, hashZip, openStack } from './deployed-stack.ts';
import { deployments } from './deployments.ts';
import { type Moto, startMoto } from './moto.ts';

/** What moto 5.2 does not make; template tests and cfn-lint look at these alone. */
const unknownToMoto = [
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::CloudWatch::Alarm',
  'AWS::Logs::MetricFilter',
  'AWS::Logs::QueryDefinition',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SQS::QueuePolicy',
];

const stage = 'rehearsal';
const stackName = `opentok-sessions-${stage}`;
const functions = {
  createSession: 'CreateSessionLambdaFunction',
  issueToken: 'IssueTokenLambdaFunction',
  joinRoom: 'JoinRoomLambdaFunction',
  joinAsGuest: 'JoinAsGuestLambdaFunction',
  manageRoom: 'ManageRoomLambdaFunction',
  openRoom: 'OpenRoomLambdaFunction',
};
const functionNames = Object.keys(functions) as FunctionName[];
type FunctionName = keyof typeof functions;
const project = { apiKey: '47665971', apiSecret: 'only-known-to-the-rehearsal' };

try {
  const moto = await startMoto(await findPython());
  const service = await copyService();
  try {
    await rehearse(moto, service);
  } finally {
    await Promise.all([moto.stop(), service.remove()]);
  }
} catch (cause) {
  console.error(cause instanceof MissingToolError ? cause.message : cause);
  process.exitCode = 1;
}

async function rehearse(moto: Moto, service: ServiceCopy): Promise<void> {
  const stack = openStack(moto, stackName);
  const { serverless, refused } = useServerless(moto, service);
  const stageFile = join(service.folder, 'stages', `${stage}.yml`);

  const empty = await stack.listLeftovers();
  const withoutSecret = await refused('deploy');
  await step('without its secret it says how to make one, and makes nothing', async () => {
    assert.match(
      withoutSecret,
      new RegExp(`create-secret --region us-east-1 --name opentok-sessions/${stage}`),
    );
    assert.deepEqual(await stack.listLeftovers(), empty);
  });
  const secretArn = await createSecret(moto);
  const before = await stack.listLeftovers();
  const run = useDeployedZips(moto, stack);

  const toNowhere = { protectRooms: 'true', eventTrigger: 'true', eventBus: 'nowhere' };
  await refused('deploy', toNowhere);
  await step(
    'a first deployment that fails leaves its table in the stack, unprotected',
    async () => {
      assert.ok((await stack.listResources()).has('RoomsTable'));
      assert.equal(await stack.isTableProtected(), false);
    },
  );
  await serverless('remove');
  await step('and nothing is left of it', async () => {
    assert.deepEqual(await stack.listLeftovers(), before);
  });

  await serverless('deploy');
  const first = await readAll(stack);
  await step('every resource of the template is there', () => findAllResources(stack));
  await step('the functions are configured as the template says', () =>
    compareConfiguration(stack, first),
  );
  await step('their roles reach the own log, the secret and the table, nothing else', async () => {
    const table = (await stack.listResources()).get('RoomsTable');
    const onTable = (operation: string) =>
      `dynamodb:${operation} on ${arn('dynamodb', `table/${table}`)}`;
    const [remove, get, put, query, update] = [
      ...['DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'],
    ].map(onTable) as [string, string, string, string, string];
    const secret = arn('secretsmanager', `secret:opentok-sessions/${stage}-??????`);
    assert.match(secretArn, toPattern(secret));
    const withOwn = (name: FunctionName, tableLines: readonly string[]) => {
      // AWS puts `:*` after it, for the group's streams; moto does not.
      const log = arn('logs', `log-group:/aws/lambda/${stackName}-${name}`);
      return [
        ...tableLines,
        ...[`logs:CreateLogStream on ${log}`, `logs:PutLogEvents on ${log}`],
        `secretsmanager:GetSecretValue on ${secret}`,
      ];
    };
    assert.deepEqual(permissionsOf(first), {
      createSession: withOwn('createSession', []),
      issueToken: withOwn('issueToken', []),
      joinRoom: withOwn('joinRoom', [get, put, update]),
      joinAsGuest: withOwn('joinAsGuest', [get, put, update]),
      manageRoom: withOwn('manageRoom', [remove, get, put, query, update]),
      openRoom: withOwn('openRoom', [get, put]),
    });
  });
  await step('the uploaded zips are the built ones', () => compareZips({ stack, service, first }));
  await step('they work with the real secret and a real table', () => useFunctions(run));

  await appendFile(
    join(service.folder, 'handlers/issue-token.ts'),
    '\nexport const changed = true;\n',
  );
  await createBuses(moto);
  // Moto makes no domains, and a record only in a zone that it has.
  const { domainName, certificateArn, hostedZoneId, ...everything } =
    deployments['jwt, everything on'];
  const parameters = { ...everything, secretId: secretArn };
  await writeFile(stageFile, Object.entries(parameters).map(toYamlLine).join(''));
  const unasked = await refused('deploy');
  await step('other callers than today are refused by name, and nothing changes', async () => {
    assert.match(unasked, /- auth: jwt instead of iam/);
    assert.match(unasked, /--param="accept=auth"/);
    assert.deepEqual(await readAll(stack), first);
  });
  await serverless('deploy', { accept: 'auth' });
  const second = await readAll(stack);
  await step('every resource of the switched-on stack is there', async () => {
    const missing = await findAllResources(stack);
    assert.deepEqual(missing, unknownToMoto, 'Moto knows more than the list in this script says');
  });
  await step('the change has arrived', () => {
    assert.notEqual(second.issueToken.codeHash, first.issueToken.codeHash);
    assert.equal(second.issueToken.variables['AUTH'], 'jwt');
    assert.equal(second.createSession.variables['EVENT_BUS_NAME'], 'results');
  });
  await step('the change reaches the roles of the triggered functions, and no other', async () => {
    const resources = await stack.listResources();
    const queue = (id: string) => arn('sqs', resources.get(id)?.split('/').at(-1) ?? '');
    const triggered = (requests: string) => [
      `events:PutEvents on ${arn('events', 'event-bus/results')}`,
      `sqs:DeleteMessage on ${queue(requests)}`,
      `sqs:GetQueueAttributes on ${queue(requests)}`,
      `sqs:ReceiveMessage on ${queue(requests)}`,
    ];
    const added = Object.entries(permissionsOf(second)).map(([name, lines]) => [
      name,
      lines.filter((line) => /^(events|sqs):/.test(line)),
    ]);
    assert.deepEqual(Object.fromEntries(added), {
      createSession: triggered('SessionRequests'),
      issueToken: [],
      joinRoom: [],
      joinAsGuest: [],
      manageRoom: [],
      openRoom: triggered('RoomRequests'),
    });
  });
  await step(
    'the route of guests is there without an authorizer, and has its throttle',
    async () => {
      const { Resources } = await stack.readTemplate();
      const { AuthorizationType = 'NONE' } = Resources[guestRouteId]?.Properties ?? {};
      assert.equal(AuthorizationType, 'NONE');
      const { RouteSettings = {} } = Resources['HttpApiStage']?.Properties ?? {};
      assert.deepEqual(Object.keys(RouteSettings), [guestRoute]);
    },
  );
  await step('batches from the queues are answered on the result bus', () => useQueues(run));

  await step('the stack says what it was given, without the consent', async () => {
    const recorded = await stack.readParameters();
    assert.deepEqual({ ...recorded, ...parameters }, recorded);
    assert.ok(!('accept' in recorded));
  });
  await rename(stageFile, `${stageFile}.away`);
  const forgetful = await refused('deploy');
  await step('a deployment without those parameters is refused for each loss', async () => {
    const losses = [
      'auth',
      'guests',
      'sampleRoutes',
      'protectRooms',
      'SessionRequests',
      'RoomRequests',
      'SessionRequestedRule',
    ];
    for (const name of losses) assert.match(forgetful, new RegExp(`- ${name}: `));
    assert.match(forgetful, /queueTrigger: true \(now false\)/);
    assert.deepEqual(await readAll(stack), second);
  });
  await rename(`${stageFile}.away`, stageFile);

  await sendDeadLetters(moto, stack);
  const { output: redriven } = await serverless('redrive');
  await step('dead letters are back in their queues, and were counted', async () => {
    // None less; moto hands a message to two who ask at once now and then, as SQS may.
    const [, moved] = /Moved back (\d+) messages/.exec(redriven) ?? [];
    const counts = await stack.countMessages();
    const { SessionRequests = 0, RoomRequests = 0, ...others } = counts;
    assert.ok(SessionRequests >= 12 && RoomRequests >= 1, redriven);
    assert.equal(Number(moved), SessionRequests + RoomRequests);
    assert.deepEqual([others['SessionRequestsFailed'], others['RoomRequestsFailed']], [0, 0]);
  });

  const protectedStack = await stack.listLeftovers();
  const unremoved = await refused('remove');
  await step('a protected stack is not removed, nor emptied', async () => {
    assert.match(unremoved, /is protected/);
    assert.deepEqual(await stack.listLeftovers(), protectedStack);
    assert.ok((await stack.fetchZip('IssueTokenLambdaFunction')).length > 0);
  });

  const { output: info } = await serverless('info', {}, ['--verbose']);
  await step('serverless info shows the address of the API and of each function', () => {
    assert.match(info, /HttpApiUrl: https:\/\//);
    for (const name of functionNames) {
      assert.match(info, new RegExp(`arn:aws:lambda:\\S+:${stackName}-${name}\\b`));
    }
  });

  await serverless('recycle');
  await step('recycling changes one variable that nobody reads, and no code', async () => {
    for (const [name, { variables, codeHash }] of Object.entries(await readAll(stack))) {
      const { RECYCLED_AT, ...others } = variables;
      assert.ok(RECYCLED_AT, name);
      assert.deepEqual(others, second[name as FunctionName].variables);
      assert.equal(codeHash, second[name as FunctionName].codeHash);
    }
  });

  const { output: list } = await serverless('deploy list');
  const [, oldest = ''] = /Timestamp: (\d+)/.exec(list) ?? [];
  await serverless('rollback', {}, ['--timestamp', oldest]);
  await step('the rollback brings back code, variables and permissions', async () => {
    assert.deepEqual(await readAll(stack), first);
    await findAllResources(stack);
  });

  await serverless('deploy', { accept: 'auth' });
  await step('the deployment after it brings back the change, with queues of its own', async () => {
    const nameless = (all: typeof second) =>
      JSON.parse(JSON.stringify(all).replaceAll(/(Requests(Failed)?)-[A-Z0-9]+/g, '$1'));
    assert.deepEqual(nameless(await readAll(stack)), nameless(second));
    await findAllResources(stack);
  });

  await serverless('deploy', { protectRooms: 'false', accept: 'protectRooms' });
  await step('the table can be deleted now', async () => {
    assert.equal(await stack.isTableProtected(), false);
  });
  await serverless('remove');
  await step('nothing is left behind', async () => {
    assert.deepEqual(await stack.listLeftovers(), before);
  });
}

function useServerless(moto: Moto, { folder }: ServiceCopy) {
  const call = (command: string, params: Params = {}, options: readonly string[] = []) =>
    runServerless({
      folder,
      args: [...command.split(' '), '--stage', stage, ...options],
      params,
      // Three times faster than asking every five seconds whether AWS is done.
      environment: { ...moto.environment, SLS_AWS_MONITORING_FREQUENCY: '300' },
    });
  return {
    serverless: async (command: string, params?: Params, options?: readonly string[]) => {
      let outcome = { exitCode: 0, output: '' };
      await step(`serverless ${command}`, async () => {
        outcome = await call(command, params, options);
        assert.equal(outcome.exitCode, 0, outcome.output);
      });
      return outcome;
    },
    /** @returns what it says */
    refused: async (command: string, params?: Params) => {
      let outcome = { exitCode: 0, output: '' };
      await step(`serverless ${command} is refused`, async () => {
        outcome = await call(command, params);
        assert.equal(outcome.exitCode, 1, outcome.output);
      });
      return outcome.output;
    },
  };
}

type Params = Readonly<Record<string, string>>;

function toYamlLine([name, value]: [string, string]): string {
  return `${name}: ${JSON.stringify(value)}\n`;
}

/** More than one batch of one, and one of the other. */
async function sendDeadLetters({ clientConfig }: Moto, stack: DeployedStack): Promise<void> {
  const sqs = new SQSClient(clientConfig);
  const urls = await stack.listResources();
  for (const [id, count] of [
    ['SessionRequestsFailed', 12],
    ['RoomRequestsFailed', 1],
  ] as const) {
    for (let number = 1; number <= count; number += 1) {
      const body = JSON.stringify({ reference: `${id} ${number}` });
      await sqs.send(new SendMessageCommand({ QueueUrl: urls.get(id), MessageBody: body }));
    }
  }
}

async function step(name: string, work: () => unknown): Promise<void> {
  const start = Date.now();
  await work();
  console.log(`ok ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
}

async function createSecret({ clientConfig }: Moto): Promise<string> {
  const { ARN = '' } = await new SecretsManagerClient(clientConfig).send(
    new CreateSecretCommand({
      Name: `opentok-sessions/${stage}`,
      SecretString: JSON.stringify(project),
    }),
  );
  return ARN;
}

async function createBuses({ clientConfig }: Moto): Promise<void> {
  const { eventBus, resultBus } = deployments['jwt, everything on'];
  for (const Name of [eventBus, resultBus]) {
    await new EventBridgeClient(clientConfig).send(new CreateEventBusCommand({ Name }));
  }
}

async function readAll(stack: DeployedStack): Promise<Record<FunctionName, DeployedFunction>> {
  return {
    createSession: await stack.readFunction(`${stackName}-createSession`),
    issueToken: await stack.readFunction(`${stackName}-issueToken`),
    joinRoom: await stack.readFunction(`${stackName}-joinRoom`),
    joinAsGuest: await stack.readFunction(`${stackName}-joinAsGuest`),
    manageRoom: await stack.readFunction(`${stackName}-manageRoom`),
    openRoom: await stack.readFunction(`${stackName}-openRoom`),
  };
}

function permissionsOf(all: Readonly<Record<FunctionName, DeployedFunction>>) {
  const { createSession, issueToken, joinRoom, joinAsGuest, manageRoom, openRoom } = all;
  return {
    createSession: createSession.permissions,
    issueToken: issueToken.permissions,
    joinRoom: joinRoom.permissions,
    joinAsGuest: joinAsGuest.permissions,
    manageRoom: manageRoom.permissions,
    openRoom: openRoom.permissions,
  };
}

async function compareConfiguration(
  stack: DeployedStack,
  deployed: Readonly<Record<FunctionName, DeployedFunction>>,
): Promise<void> {
  const [{ Resources }, resources] = await Promise.all([
    stack.readTemplate(),
    stack.listResources(),
  ]);
  for (const name of functionNames) {
    const { Runtime, Handler, MemorySize, Timeout, Environment } =
      Resources[functions[name]]?.Properties ?? {};
    const { permissions, codeHash, ...configuration } = deployed[name];
    assert.deepEqual(configuration, {
      runtime: Runtime,
      handler: Handler,
      memoryMegabytes: MemorySize,
      timeoutSeconds: Timeout,
      variables: resolveReferences(Environment.Variables, resources),
    });
  }
}

/** @returns types of the resources that are not there, all of them on the list */
async function findAllResources(stack: DeployedStack): Promise<string[]> {
  const [{ Resources }, found] = await Promise.all([stack.readTemplate(), stack.listResources()]);
  const missing = Object.entries(Resources).filter(([id]) => !found.has(id));
  for (const [id, { Type }] of missing) console.log(`   not in moto: ${id} (${Type})`);
  const unexpected = missing.filter(([, { Type }]) => !unknownToMoto.includes(Type));
  assert.deepEqual(
    unexpected.map(([id]) => id),
    [],
    'Resources that were not made',
  );
  return [...new Set(missing.map(([, { Type }]) => Type))].sort();
}

function arn(service: string, resource: string): string {
  return `arn:aws:${service}:us-east-1:123456789012:${resource}`;
}

/** `?` stands for one character, as in IAM. */
function toPattern(arn: string): RegExp {
  return new RegExp(`^${arn.replaceAll('?', '.')}$`);
}

/** A variable that refers to a resource, or to where the stack is, holds a name once deployed. */
function resolveReferences(
  variables: Readonly<Record<string, string | { Ref: string } | { 'Fn::Sub': string }>>,
  resources: ReadonlyMap<string, string>,
): Record<string, string | undefined> {
  const resolve = (value: (typeof variables)[string]): string | undefined => {
    if (typeof value === 'string') return value;
    if ('Ref' in value) return resources.get(value.Ref);
    return value['Fn::Sub']
      .replaceAll(/\$\{AWS::Region\}/g, 'us-east-1')
      .replaceAll(/\$\{AWS::URLSuffix\}/g, 'amazonaws.com');
  };
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, resolve(value)]),
  );
}

async function compareZips({
  stack,
  service,
  first,
}: {
  readonly stack: DeployedStack;
  readonly service: ServiceCopy;
  readonly first: Readonly<Record<FunctionName, DeployedFunction>>;
}): Promise<void> {
  for (const name of functionNames) {
    const uploaded = hashZip(await stack.fetchZip(functions[name]));
    const built = hashZip(await readFile(join(service.folder, '.serverless', `${name}.zip`)));
    assert.equal(uploaded, built);
    assert.equal(uploaded, first[name].codeHash);
  }
}

/** Runs what was uploaded, with the variables that Lambda has for it. */
function useDeployedZips(moto: Moto, stack: DeployedStack) {
  return async (name: FunctionName, event: object, platformUrl: string) => {
    const { handler, variables } = await stack.readFunction(`${stackName}-${name}`);
    // The template names AWS's own endpoints; here all of AWS is moto.
    const endpoints = Object.keys(variables)
      .filter((variable) => variable.startsWith('AWS_ENDPOINT_URL_'))
      .map((variable) => [variable, moto.url]);
    return runZip({
      zip: await stack.fetchZip(functions[name]),
      handler,
      event,
      environment: {
        ...{ ...moto.environment, ...variables, ...Object.fromEntries(endpoints) },
        VIDEO_API_URL: platformUrl,
      },
    });
  };
}

type Run = ReturnType<typeof useDeployedZips>;

async function useFunctions(run: Run): Promise<void> {
  const platform = await startPlatform({ projects: [project] });
  try {
    const { sessionId } = await run('createSession', { mediaMode: 'routed' }, platform.url);
    const request = { sessionId, role: 'moderator' };
    const { token } = await run('issueToken', request, platform.url);
    assert.equal(verifyHs256(token, project.apiSecret)['session_id'], sessionId);
    assert.equal(verifyHs256(token, project.apiSecret)['role'], 'moderator');

    const opened = await run('openRoom', { room: 'standup' }, platform.url);
    const joined = await run('joinRoom', { room: 'standup' }, platform.url);
    assert.equal(joined.sessionId, opened.sessionId);
    assert.equal(verifyHs256(joined.token, project.apiSecret)['session_id'], opened.sessionId);
    const found = { action: 'getRoom', room: 'standup' };
    const { etag: ifMatch, ...shown } = await run('manageRoom', found, platform.url);
    assert.equal(shown.sessionId, opened.sessionId);
    const locked = { ...found, action: 'putRoom', admission: 'closed', ifMatch };
    assert.equal((await run('manageRoom', locked, platform.url)).admission, 'closed');
    await inviteGuest(run, platform.url);
    await run('manageRoom', { ...found, action: 'deleteRoom' }, platform.url);
    assert.equal(platform.requests.length, 2);
  } finally {
    await platform.close();
  }
}

/** Into the room that is locked, and once a host lets them in. */
async function inviteGuest(run: Run, platformUrl: string): Promise<void> {
  const host = { room: 'standup' };
  const open = { ...host, action: 'putRoom', admission: 'knock' };
  await run('manageRoom', open, platformUrl);
  const made = { ...host, action: 'createInvite', name: 'Ada' };
  const { invite } = await run('manageRoom', made, platformUrl);
  const waiting = await run('joinAsGuest', { invite }, platformUrl);
  assert.equal(waiting.status, 'waiting');
  await run('manageRoom', { ...host, action: 'decideKnocks', decision: 'admit' }, platformUrl);
  const joined = await run('joinAsGuest', { invite, knock: waiting.knock }, platformUrl);
  assert.equal(verifyHs256(joined.token, project.apiSecret)['role'], 'publisher');
}

/** One message that can be done and one that never can: neither comes back. */
async function useQueues(run: Run): Promise<void> {
  const platform = await startPlatform({ projects: [project] });
  try {
    for (const [name, body] of [
      ['createSession', '{"reference":"lesson 1"}'],
      ['openRoom', '{"room":"lesson-1"}'],
    ] as const) {
      const batch = { Records: [body, 'no JSON'].map(toMessage) };
      assert.deepEqual(await run(name, batch, platform.url), { batchItemFailures: [] });
    }
    assert.equal(platform.requests.length, 2);
  } finally {
    await platform.close();
  }
}

function toMessage(body: string, index: number): object {
  return {
    messageId: `00000000-0000-4000-8000-00000000000${index}`,
    receiptHandle: 'receipt',
    body,
    attributes: { ApproximateReceiveCount: '1' },
    messageAttributes: {},
    eventSource: 'aws:sqs',
    eventSourceARN: arn('sqs', 'requests'),
    awsRegion: 'us-east-1',
  };
}
