/**
 * `npm run test:deploy`: a rehearsal of a deployment's whole life, with the real serverless command
 * against moto on loopback: deploy, run what was deployed, deploy a change with everything switched
 * on, look at it, roll back, remove, and nothing is left.
 *
 * Moto passes silently over what it does not know. So each resource of the template is looked for,
 * and one that is missing fails the rehearsal unless its type is on the list below.
 */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateEventBusCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { startPlatform } from '../local/platform.ts';
import { type DeployedStack, hashZip, openStack } from './deployed-stack.ts';
import { deployments } from './deployments.ts';
import { type Moto, startMoto } from './moto.ts';
import { copyService, runServerless, type ServiceCopy } from './package-service.ts';
import { findPython, MissingToolError } from './python.ts';
import { runZip } from './run-zip.ts';

/** What moto 5.2 does not make; template tests and cfn-lint look at these alone. */
const unknownToMoto = [
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::CloudWatch::Alarm',
  'AWS::Lambda::EventInvokeConfig',
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
  openRoom: 'OpenRoomLambdaFunction',
};
/** What each function does with the table of rooms. */
const roomActions: Readonly<Record<string, readonly string[]>> = {
  joinRoom: ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem'],
  openRoom: ['dynamodb:GetItem', 'dynamodb:PutItem'],
};
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
  const serverless = useServerless(moto, service);
  const secretArn = await createSecret(moto);
  const before = await stack.listLeftovers();

  await serverless('deploy');
  const first = await readAll(stack);
  await step('every resource of the template is there', () => findAllResources(stack));
  const table = (await stack.listResources()).get('RoomsTable') ?? '';
  await step('the functions are configured as the template says', () => {
    for (const [name, { runtime, handler, variables }] of Object.entries(first)) {
      assert.equal(runtime, 'nodejs24.x');
      assert.match(handler, /^handlers\/[a-z-]+\.handler$/);
      assert.deepEqual(
        variables,
        {
          AUTH: 'iam',
          ROLE_CLAIM: 'opentok_role',
          SECRET_ID: `opentok-sessions/${stage}`,
          ...(name in roomActions && { ROOMS_TABLE: table }),
        },
        name,
      );
    }
  });
  await step('their roles reach the own log, the secret and the rooms, nothing else', () => {
    for (const [name, { permissions }] of Object.entries(first)) {
      // AWS puts `:*` after it, for the group's streams; moto does not.
      const log = `arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/${stackName}-${name}`;
      const secret = `arn:aws:secretsmanager:us-east-1:123456789012:secret:opentok-sessions/${stage}-??????`;
      const rooms = `arn:aws:dynamodb:us-east-1:123456789012:table/${table}`;
      assert.deepEqual(permissions, [
        ...(roomActions[name] ?? []).map((action) => `${action} on ${rooms}`),
        `logs:CreateLogStream on ${log}`,
        `logs:PutLogEvents on ${log}`,
        `secretsmanager:GetSecretValue on ${secret}`,
      ]);
      assert.match(secretArn, toPattern(secret));
    }
  });
  await step('the uploaded zips are the built ones, and work with the real secret and table', () =>
    useDeployedZips({ moto, stack, service }),
  );

  await appendFile(
    join(service.folder, 'handlers/issue-token.ts'),
    '\nexport const changed = true;\n',
  );
  await createBuses(moto);
  // Moto loses a log group whose retention changes, and a table whose protection does.
  const { logRetentionDays, protectRooms, ...everything } = deployments['jwt, everything on'];
  await serverless('deploy', { ...everything, secretId: secretArn });
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
  await step('createSession and openRoom may do what their own triggers need', async () => {
    const resources = await stack.listResources();
    const queue = (id: string) =>
      `on arn:aws:sqs:us-east-1:123456789012:${resources.get(id)?.split('/').at(-1)}`;
    const triggered = { createSession: 'SessionRequests', openRoom: 'RoomRequests' };
    for (const [name, { permissions }] of Object.entries(second)) {
      const id = triggered[name as keyof typeof triggered];
      const more = permissions.filter((line) => /^(events|sqs):/.test(line));
      const needed = id && [
        'events:PutEvents on arn:aws:events:us-east-1:123456789012:event-bus/results',
        `sqs:DeleteMessage ${queue(id)}`,
        `sqs:GetQueueAttributes ${queue(id)}`,
        `sqs:ReceiveMessage ${queue(id)}`,
        `sqs:SendMessage ${queue('FailedEvents')}`,
      ];
      assert.deepEqual(more, needed ?? [], name);
    }
  });
  await step('a batch from the queue is answered on the result bus', () =>
    useQueue({ moto, stack }),
  );

  const { output: info } = await serverless('info', {}, ['--verbose']);
  await step('serverless info shows the address of the API and of each function', () => {
    assert.match(info, /HttpApiUrl: https:\/\//);
    for (const name of Object.keys(functions)) {
      assert.match(info, new RegExp(`arn:aws:lambda:\\S+:${stackName}-${name}\\b`));
    }
  });

  const { output: list } = await serverless('deploy list');
  const [, oldest = ''] = /Timestamp: (\d+)/.exec(list) ?? [];
  await serverless('rollback', {}, ['--timestamp', oldest]);
  await step('the rollback brings back code, variables and permissions', async () => {
    assert.deepEqual(await readAll(stack), first);
    await findAllResources(stack);
  });

  await serverless('remove');
  await step('nothing is left behind', async () => {
    assert.deepEqual(await stack.listLeftovers(), before);
  });
}

function useServerless(moto: Moto, { folder }: ServiceCopy) {
  return async (
    command: string,
    params: Readonly<Record<string, string>> = {},
    options: readonly string[] = [],
  ) => {
    let outcome = { exitCode: 0, output: '' };
    await step(`serverless ${command}`, async () => {
      outcome = await runServerless({
        folder,
        args: [...command.split(' '), '--stage', stage, ...options],
        params,
        // Three times faster than asking every five seconds whether AWS is done.
        environment: { ...moto.environment, SLS_AWS_MONITORING_FREQUENCY: '300' },
      });
      assert.equal(outcome.exitCode, 0, outcome.output);
    });
    return outcome;
  };
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

async function readAll(stack: DeployedStack) {
  return {
    createSession: await stack.readFunction(`${stackName}-createSession`),
    issueToken: await stack.readFunction(`${stackName}-issueToken`),
    joinRoom: await stack.readFunction(`${stackName}-joinRoom`),
    openRoom: await stack.readFunction(`${stackName}-openRoom`),
  };
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

/** `?` stands for one character, as in IAM. */
function toPattern(arn: string): RegExp {
  return new RegExp(`^${arn.replaceAll('?', '.')}$`);
}

async function useDeployedZips({
  moto,
  stack,
  service,
}: {
  readonly moto: Moto;
  readonly stack: DeployedStack;
  readonly service: ServiceCopy;
}): Promise<void> {
  const deployed = await readAll(stack);
  for (const name of Object.keys(functions) as (keyof typeof functions)[]) {
    const zip = await stack.fetchZip(functions[name]);
    const built = await readFile(join(service.folder, '.serverless', `${name}.zip`));
    assert.equal(hashZip(zip), hashZip(built));
    assert.equal(hashZip(zip), deployed[name].codeHash);
  }
  const platform = await startPlatform({ projects: [project] });
  try {
    const invoke = async (name: keyof typeof functions, event: object) =>
      runZip({
        zip: await stack.fetchZip(functions[name]),
        handler: deployed[name].handler,
        event,
        environment: {
          ...moto.environment,
          ...deployed[name].variables,
          VIDEO_API_URL: platform.url,
        },
      });
    const { sessionId } = await invoke('createSession', { mediaMode: 'routed' });
    const { token } = await invoke('issueToken', { sessionId, role: 'moderator' });
    const claims = verifyToken(token);
    assert.equal(claims['session_id'], sessionId);
    assert.equal(claims['role'], 'moderator');

    const room = await invoke('openRoom', { room: 'standup', session: { mediaMode: 'routed' } });
    const joined = await invoke('joinRoom', { room: 'standup' });
    assert.equal(joined.sessionId, room.sessionId);
    assert.equal(verifyToken(joined.token)['session_id'], room.sessionId);
  } finally {
    await platform.close();
  }
}

/** HS256 by hand, so that the code under test is not its own judge. */
function verifyToken(token: string): Record<string, unknown> {
  const [header, claims = '', signature] = token.split('.');
  const expected = createHmac('sha256', project.apiSecret).update(`${header}.${claims}`);
  assert.equal(signature, expected.digest('base64url'));
  return JSON.parse(Buffer.from(claims, 'base64url').toString());
}

/** One message that can be done and one that never can: neither comes back. */
async function useQueue({
  moto,
  stack,
}: {
  readonly moto: Moto;
  readonly stack: DeployedStack;
}): Promise<void> {
  const { handler, variables } = await stack.readFunction(`${stackName}-createSession`);
  const platform = await startPlatform({ projects: [project] });
  try {
    const result = await runZip({
      zip: await stack.fetchZip(functions.createSession),
      handler,
      event: { Records: ['{"reference":"lesson 1"}', 'no JSON'].map(toMessage) },
      environment: { ...moto.environment, ...variables, VIDEO_API_URL: platform.url },
    });
    assert.deepEqual(result, { batchItemFailures: [] });
    assert.equal(platform.requests.length, 1);
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
    eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:SessionRequests',
    awsRegion: 'us-east-1',
  };
}
