/**
 * `npm run test:deploy`, first part: the life of a stack, with the real serverless command against moto: a
 * deployment that fails, one that works, a change with everything switched on from a stage's file,
 * rejected deployments that would remove something, redrive, recycling, protection, removal.
 *
 * Each resource of the template is looked up, and a missing one fails the rehearsal unless moto does not know its
 * type (`unknownToMoto`; .github/CONTRIBUTING.md has moto's other limits).
 */
import assert from 'node:assert/strict';
import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import {
  callbackRoute,
  callbackRouteId,
  guestRoute,
  guestRouteId,
} from '../../deploy/optional-routes.js';
import { copyService, type ServiceCopy } from '../package-service.ts';
import { findPython, MissingToolError } from '../python.ts';
import { createBuses, createCertificate, createSecret, createTopic } from './account.ts';
import { type DeployedFunction, type DeployedStack, hashZip, openStack } from './deployed-stack.ts';
import { deployments } from './deployments.ts';
import { type Emulator, startMoto } from './emulators.ts';
import { stackName, stage, step, useServerless } from './steps.ts';
import { startTokenProvider } from './token-provider.ts';

/** Types that moto 5.2 does not create. */
const unknownToMoto = [
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::Logs::MetricFilter',
  'AWS::Logs::QueryDefinition',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SQS::QueuePolicy',
];

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

try {
  const moto = await startMoto(await findPython());
  const provider = await startTokenProvider();
  const service = await copyService();
  try {
    await rehearse(moto, service, provider.issuer);
  } finally {
    await Promise.all([moto.stop(), provider.close(), service.remove()]);
  }
} catch (cause) {
  console.error(cause instanceof MissingToolError ? cause.message : cause);
  process.exitCode = 1;
}

async function rehearse(moto: Emulator, service: ServiceCopy, issuer: string): Promise<void> {
  const stack = openStack(moto, stackName);
  const { serverless, refused } = useServerless(moto, service);
  const stageFile = join(service.folder, 'stages', `${stage}.yml`);

  const empty = await stack.listLeftovers();
  const withoutSecret = await refused('deploy');
  await step('without its secret, it prints how to create one and creates nothing', async () => {
    assert.match(
      withoutSecret,
      new RegExp(`create-secret --region us-east-1 --name opentok-sessions/${stage}`),
    );
    assert.deepEqual(await stack.listLeftovers(), empty);
  });
  const secretArn = await createSecret(moto);
  const before = await stack.listLeftovers();

  const withoutBus = await refused('deploy', { eventTrigger: 'true', eventBus: 'nowhere' });
  await step('without its event bus, it prints how to create one and creates nothing', async () => {
    assert.match(withoutBus, /create-event-bus --region us-east-1 --name nowhere/);
    assert.deepEqual(await stack.listLeftovers(), before);
  });

  // Moto creates no domains, and records only in zones that it has.
  const { domainName, certificateArn, hostedZoneId, ...everything } =
    deployments['jwt, everything on'];
  const withDomain = { protectRooms: 'true', domainName, hostedZoneId };
  const withoutCertificate = await refused('deploy', { ...withDomain, certificateArn });
  await step(
    'without its certificate, it prints how to request one and creates nothing',
    async () => {
      assert.match(
        withoutCertificate,
        /request-certificate --region us-east-1 --domain-name video/,
      );
      assert.deepEqual(await stack.listLeftovers(), before);
    },
  );
  const issued = await createCertificate(moto, domainName);
  await refused('deploy', { ...withDomain, certificateArn: issued });
  await step(
    'a first deployment that fails leaves its table in the stack, unprotected',
    async () => {
      assert.ok((await stack.listResources()).has('RoomsTable'));
      assert.equal(await stack.isTableProtected(), false);
    },
  );
  await serverless('remove');
  await step('nothing is left of the failed deployment', async () => {
    assert.deepEqual(await stack.listLeftovers(), before);
  });

  const { output: planned } = await serverless('diff', {}, ['--exit-code'], 2);
  await step('diff counts what a first deployment creates, and leaves nothing behind', async () => {
    assert.match(planned, /is not deployed in us-east-1/);
    assert.match(planned, /creates 6 AWS::Lambda::Function/);
    assert.deepEqual(await stack.listLeftovers(), before);
  });
  await serverless('deploy');
  const { output: unchanged } = await serverless('diff', {}, ['--exit-code']);
  await step('after the deployment, diff finds no change', () => {
    assert.match(unchanged, /makes these changes:\n {2}none/);
  });
  const first = await readAll(stack);
  await step('every resource of the template is there', () => findAllResources(stack));
  await step('the functions are configured as in the template', () =>
    compareConfiguration(stack, first),
  );
  await step('the uploaded zips are the built ones', () => compareZips({ stack, service, first }));

  await appendFile(
    join(service.folder, 'handlers/issue-token.ts'),
    '\nexport const changed = true;\n',
  );
  const { eventBus, resultBus } = everything;
  await createBuses(moto, [eventBus, resultBus]);
  const withoutTopic = await refused('diff', { alarmTopicArn: everything.alarmTopicArn });
  await step('without its topic, it prints how to create one', () => {
    assert.match(withoutTopic, /sns create-topic --region us-east-1 --name alarms/);
  });
  for (const topicArn of [everything.alarmTopicArn, everything.requestTopicArn]) {
    await createTopic(moto, topicArn.split(':').at(-1) ?? '');
  }
  const parameters = { ...everything, issuer, secretId: secretArn };
  await writeFile(stageFile, Object.entries(parameters).map(toYamlLine).join(''));
  const shown = await refused('diff');
  await step('diff shows each change, and fails where the deployment stops', () => {
    assert.match(shown, /auth: iam becomes jwt/);
    assert.match(shown, /changes IssueTokenLambdaFunction [\s\S]*Code: old code becomes new code/);
    assert.match(shown, /creates SessionRequests \(AWS::SQS::Queue\)/);
    assert.match(shown, /- auth: jwt instead of iam/);
    assert.doesNotMatch(shown, /by replacing it/);
  });
  const unasked = await refused('deploy');
  await step('a change of callers is rejected by name, and nothing changes', async () => {
    assert.match(unasked, /- auth: jwt instead of iam/);
    assert.match(unasked, /--param="accept=auth"/);
    assert.deepEqual(await readAll(stack), first);
  });
  await serverless('deploy', { accept: 'auth' });
  const second = await readAll(stack);
  await step('every resource of the switched-on stack is there', async () => {
    const missing = await findAllResources(stack);
    assert.deepEqual(missing, unknownToMoto, 'Moto creates more types than this script lists');
  });
  await step('the functions have the new code and variables', () => {
    assert.notEqual(second.issueToken.codeHash, first.issueToken.codeHash);
    assert.equal(second.issueToken.variables['AUTH'], 'jwt');
    assert.equal(second.createSession.variables['EVENT_BUS_NAME'], 'results');
  });
  await step(
    'the routes of guests and callbacks have no authorizer and their own throttles',
    async () => {
      const { Resources } = await stack.readTemplate();
      for (const id of [guestRouteId, callbackRouteId]) {
        const { AuthorizationType = 'NONE' } = Resources[id]?.Properties ?? {};
        assert.equal(AuthorizationType, 'NONE');
      }
      const { RouteSettings = {} } = Resources['HttpApiStage']?.Properties ?? {};
      assert.deepEqual(Object.keys(RouteSettings), [guestRoute, callbackRoute]);
    },
  );

  await step('the stack records its parameters, but not accept', async () => {
    const recorded = await stack.readParameters();
    assert.deepEqual({ ...recorded, ...parameters }, recorded);
    assert.ok(!('accept' in recorded));
  });
  await rename(stageFile, join(service.folder, `${stage}.yml.away`));
  const forgetful = await refused('deploy');
  await step('a deployment without those parameters is rejected for each loss', async () => {
    const losses = [
      'auth',
      'guests',
      'liveRooms',
      'sampleRoutes',
      'protectRooms',
      'SessionRequests',
      'RoomRequests',
      'SessionRequestedRule',
    ];
    for (const name of losses) assert.match(forgetful, new RegExp(`- ${name}: `));
    assert.match(forgetful, /queueTrigger: true becomes false/);
    assert.deepEqual(await readAll(stack), second);
  });
  await rename(join(service.folder, `${stage}.yml.away`), stageFile);

  await sendDeadLetters(moto, stack);
  const { output: redriven } = await serverless('redrive');
  await step('redrive moves dead letters back and counts them', async () => {
    // Moto sometimes delivers a message twice, as SQS may.
    const [, moved] = /Moved back (\d+) messages/.exec(redriven) ?? [];
    const counts = await stack.countMessages();
    const { SessionRequests = 0, RoomRequests = 0, ...others } = counts;
    assert.ok(SessionRequests >= 12 && RoomRequests >= 1, redriven);
    assert.equal(Number(moved), SessionRequests + RoomRequests);
    assert.deepEqual([others['SessionRequestsFailed'], others['RoomRequestsFailed']], [0, 0]);
  });

  const protectedStack = await stack.listLeftovers();
  const unremoved = await refused('remove');
  await step('a protected stack is neither removed nor emptied', async () => {
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
  await step('recycling changes one unused variable and no code', async () => {
    for (const [name, { variables, codeHash }] of Object.entries(await readAll(stack))) {
      const { RECYCLED_AT, ...others } = variables;
      assert.ok(RECYCLED_AT, name);
      assert.deepEqual(others, second[name as FunctionName].variables);
      assert.equal(codeHash, second[name as FunctionName].codeHash);
    }
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

function toYamlLine([name, value]: [string, string]): string {
  return `${name}: ${JSON.stringify(value)}\n`;
}

/** Sends more than one batch to the first queue, and one message to the second. */
async function sendDeadLetters({ clientConfig }: Emulator, stack: DeployedStack): Promise<void> {
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
    const { codeHash, ...configuration } = deployed[name];
    assert.deepEqual(configuration, {
      runtime: Runtime,
      handler: Handler,
      memoryMegabytes: MemorySize,
      timeoutSeconds: Timeout,
      variables: resolveReferences(Environment.Variables, resources),
    });
  }
}

/** Returns the types of the resources that are missing, which must all be in `unknownToMoto`. */
async function findAllResources(stack: DeployedStack): Promise<string[]> {
  const [{ Resources }, found] = await Promise.all([stack.readTemplate(), stack.listResources()]);
  const missing = Object.entries(Resources).filter(([id]) => !found.has(id));
  for (const [id, { Type }] of missing) console.log(`   not in moto: ${id} (${Type})`);
  const unexpected = missing.filter(([, { Type }]) => !unknownToMoto.includes(Type));
  assert.deepEqual(
    unexpected.map(([id]) => id),
    [],
    'Resources that were not created',
  );
  return [...new Set(missing.map(([, { Type }]) => Type))].sort();
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
