/**
 * `npm run test:deploy`, fourth part: examples/sam and examples/cdk, deployed with the zips of a release to MiniStack, which
 * runs the functions with their own roles. Callers that sign, and end users with a token, create a session and get a
 * token for it; others are rejected. MiniStack expands the SAM template with SAM's own translator.
 */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { startPlatform } from '../../stand-ins/platform.ts';
import { verifyHs256 } from '../../test/support/verify-token.ts';
import { prepareCdk, synthesize } from '../examples/cdk.ts';
import { findPython, MissingToolError } from '../python.ts';
import { buildAssets } from '../release-assets.ts';
import { createSecret } from './account.ts';
import { type Call, openApi } from './deployed-api.ts';
import { openStack } from './deployed-stack.ts';
import { type Emulator, startMiniStack } from './emulators.ts';
import { project, step } from './steps.ts';
import { startTokenProvider, type TokenProvider } from './token-provider.ts';

const FUNCTIONS = ['createSession', 'issueToken'];
const samBucket = 'zips-of-a-release';
/** As `cdk bootstrap` creates it. */
const cdkBucket = 'cdk-hnb659fds-assets-123456789012-us-east-1';
const audience = 'web-client';

/** A template, and the values of its parameters. */
interface Deployment {
  readonly template: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const folder = await mkdtemp(join(tmpdir(), 'opentok-sessions-examples-'));
try {
  const root = await startMiniStack(await findPython('ministack'));
  const platform = await startPlatform({ projects: [project] });
  const provider = await startTokenProvider();
  try {
    await rehearse({ root, platformUrl: platform.url, provider });
  } finally {
    await Promise.all([root.stop(), platform.close(), provider.close()]);
  }
} catch (cause) {
  console.error(cause instanceof MissingToolError ? cause.message : cause);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function rehearse({
  root,
  platformUrl,
  provider,
}: {
  readonly root: Emulator;
  readonly platformUrl: string;
  readonly provider: TokenProvider;
}): Promise<void> {
  const secretArn = await createSecret(root);
  const assets = join(folder, 'assets');
  await step('the assets of a release', () => buildAssets(assets));
  const zips = await readZips(assets);
  const s3 = new S3Client({ ...root.clientConfig, forcePathStyle: true });
  for (const bucket of [samBucket, cdkBucket])
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  for (const [name, zip] of Object.entries(zips))
    await s3.send(new PutObjectCommand({ Bucket: samBucket, Key: `${name}.zip`, Body: zip }));
  const variables = {
    AWS_ENDPOINT_URL_SECRETS_MANAGER: root.url,
    VIDEO_API_URL: platformUrl,
  };
  const { issuer } = provider;
  const before = await openStack(root, 'examples').listLeftovers();

  const sam = await readSam(variables);
  const cdk = await prepareCdk(join(folder, 'cdk'), zips);
  const deployments: Record<string, Deployment> = {
    'examples/sam': { template: sam, parameters: { SecretArn: secretArn } },
    'examples/sam with end users': {
      template: sam,
      parameters: { SecretArn: secretArn, Issuer: issuer, Audience: audience },
    },
    'examples/cdk': await readCdk({ s3, cdk, variables, context: { secretArn } }),
    'examples/cdk with end users': await readCdk({
      ...{ s3, cdk, variables, context: { secretArn, issuer, audience } },
    }),
  };
  for (const [name, deployment] of Object.entries(deployments)) {
    const withEndUsers = name.endsWith('end users');
    await step(name, async () => {
      const { apiId, remove } = await createStack(root, deployment);
      await (withEndUsers
        ? callAsEndUser(openApi(root, apiId), provider)
        : callAsBackEnd(openApi(root, apiId), root));
      await remove();
      assert.deepEqual(await openStack(root, 'examples').listLeftovers(), before);
    });
  }
}

async function readZips(assets: string): Promise<Record<string, Uint8Array>> {
  const entries = FUNCTIONS.map(async (name) => [
    name,
    await readFile(join(assets, `${name}.zip`)),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

/** Returns the template as `sam package` would write it, with the endpoints of this rehearsal. */
async function readSam(variables: Readonly<Record<string, string>>): Promise<string> {
  const text = await readFile(new URL('../../examples/sam/template.yml', import.meta.url), 'utf8');
  const lines = Object.entries(variables).map(([name, value]) => `        ${name}: ${value}\n`);
  const packaged = text
    .replaceAll(/CodeUri: (\w+\.zip)/g, `CodeUri: { Bucket: ${samBucket}, Key: $1 }`)
    .replace(/ {8}AWS_ENDPOINT_URL_SECRETS_MANAGER: .*\n/, lines.join(''));
  assert.equal(packaged.split(samBucket).length, FUNCTIONS.length + 1);
  return packaged;
}

/** `cdk synth`, and the upload of assets that `cdk deploy` does. */
async function readCdk({
  s3,
  cdk,
  variables,
  context,
}: {
  readonly s3: S3Client;
  readonly cdk: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly context: Readonly<Record<string, string>>;
}): Promise<Deployment> {
  const output = await mkdtemp(join(folder, 'cdk-out-'));
  const options = Object.entries(context).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const file = await synthesize(cdk, options, output);
  const { files } = JSON.parse(await readFile(file.replace('.template.', '.assets.'), 'utf8'));
  for (const { source } of Object.values<{ source: { path: string } }>(files)) {
    if (!source.path.endsWith('.zip')) continue;
    const Key = basename(source.path).replace('asset.', '');
    const Body = await readFile(join(output, source.path));
    await s3.send(new PutObjectCommand({ Bucket: cdkBucket, Key, Body }));
  }
  // The parameter and the rule check that the account is bootstrapped.
  const {
    Parameters: _parameters,
    Rules: _rules,
    ...template
  } = JSON.parse(await readFile(file, 'utf8'));
  for (const { Type, Properties } of Object.values<{
    Type: string;
    Properties: { Environment: { Variables: object } };
  }>(template.Resources)) {
    if (Type === 'AWS::Lambda::Function')
      Object.assign(Properties.Environment.Variables, variables);
  }
  return { template: JSON.stringify(template), parameters: {} };
}

async function createStack(
  { clientConfig }: Emulator,
  { template, parameters }: Deployment,
): Promise<{ readonly apiId: string; remove(): Promise<void> }> {
  const client = new CloudFormationClient(clientConfig);
  const stack = { StackName: 'examples' };
  await client.send(
    new CreateStackCommand({
      ...stack,
      TemplateBody: template,
      Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_AUTO_EXPAND'],
      Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
        ...{ ParameterKey, ParameterValue },
      })),
    }),
  );
  const waiting = { client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 };
  await waitUntilStackCreateComplete(waiting, stack);
  const { Stacks } = await client.send(new DescribeStacksCommand(stack));
  const url = Stacks?.[0]?.Outputs?.find(({ OutputKey }) => OutputKey === 'ApiUrl')?.OutputValue;
  const [, apiId = assert.fail(`no API in ${url}`)] = /^https?:\/\/(\w+)\./.exec(url ?? '') ?? [];
  return {
    apiId,
    remove: async () => {
      await client.send(new DeleteStackCommand(stack));
      await waitUntilStackDeleteComplete(waiting, stack);
    },
  };
}

type CallApi = ReturnType<typeof openApi>;

async function callAsBackEnd(callApi: CallApi, { clientConfig }: Emulator): Promise<void> {
  const signer = clientConfig.credentials;
  assert.equal((await callApi({ route: 'POST /sessions', body: {} })).status, 403);
  await joinSession((call) => callApi({ ...call, signer }));
}

async function callAsEndUser(callApi: CallApi, provider: TokenProvider): Promise<void> {
  assert.equal((await callApi({ route: 'POST /sessions', body: {} })).status, 401);
  const foreign = await provider.issue({ sub: 'ada', aud: 'another-client' });
  assert.equal((await callApi({ route: 'POST /sessions', token: foreign })).status, 401);
  const guest = await provider.issue({ sub: 'ada', aud: audience });
  // Only moderators create sessions: the function has seen the claims.
  assert.equal((await callApi({ route: 'POST /sessions', token: guest })).status, 403);
  const token = await provider.issue({ sub: 'eve', aud: audience, opentok_role: 'moderator' });
  await joinSession((call) => callApi({ ...call, token }));
}

async function joinSession(callApi: (call: Call) => ReturnType<CallApi>): Promise<void> {
  const created = await callApi({ route: 'POST /sessions', body: { mediaMode: 'routed' } });
  assert.equal(created.status, 201, JSON.stringify(created.body));
  const { sessionId } = created.body;
  const issued = await callApi({ route: `POST /sessions/${sessionId}/tokens`, body: {} });
  assert.equal(issued.status, 201, JSON.stringify(issued.body));
  const claims = verifyHs256(issued.body.token, project.apiSecret);
  assert.equal(claims['session_id'], sessionId);
}
