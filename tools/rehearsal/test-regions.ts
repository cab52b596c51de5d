/**
 * `npm run test:deploy`, third part: "A second region" of docs/operations.md with a global table, on an emulator
 * that replicates tables and runs the functions of both regions.
 * .github/CONTRIBUTING.md says what MiniStack cannot do.
 */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  DynamoDBClient,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { startPlatform } from '../../stand-ins/platform.ts';
import { copyService, type ServiceCopy } from '../package-service.ts';
import { findPython, MissingToolError } from '../python.ts';
import { createSecret, createUser } from './account.ts';
import { type Call, openApi } from './deployed-api.ts';
import { type DeployedStack, openStack } from './deployed-stack.ts';
import { account, type Emulator, startMiniStack } from './emulators.ts';
import { pointFunctionsAt, project, stackName, stage, step, useServerless } from './steps.ts';

const secondRegion = 'eu-central-1';
const tableSeconds = 30;

try {
  const root = await startMiniStack(await findPython('ministack'));
  const platform = await startPlatform({ projects: [project] });
  const service = await copyService();
  try {
    await pointFunctionsAt(root, service);
    await rehearse(root, service, platform.url);
  } finally {
    await Promise.all([root.stop(), platform.close(), service.remove()]);
  }
} catch (cause) {
  console.error(cause instanceof MissingToolError ? cause.message : cause);
  process.exitCode = 1;
}

async function rehearse(
  primary: Emulator,
  service: ServiceCopy,
  platformUrl: string,
): Promise<void> {
  const secondary = primary.in(secondRegion);
  const regions = [primary, secondary];
  for (const region of regions) await createSecret(region);
  const [first, second] = regions.map((region) => openStack(region, stackName));
  assert.ok(first && second);
  const listAll = async () => [await first.listLeftovers(), await second.listLeftovers()];
  const before = await listAll();
  const inFirst = useServerless(primary, service);
  const inSecond = useServerless(secondary, service);
  const writeStageFile = (name: string, lines: readonly string[]) =>
    writeFile(join(service.folder, 'stages', name), lines.map((line) => `${line}\n`).join(''));
  await writeStageFile(`${stage}.yml`, [`videoApiUrl: ${platformUrl}`, 'dashboard: false']);

  await inFirst.serverless('deploy');
  const tableName = await readTableName(first);
  await writeStageFile(`${stage}.${secondRegion}.yml`, [`roomsTableName: ${tableName}`]);
  const withFirst = await listAll();
  const withoutReplica = await inSecond.refused('deploy');
  await step('without its replica, the second region creates nothing', async () => {
    assert.match(withoutReplica, new RegExp(`${tableName} .* does not exist in ${secondRegion}`));
    assert.deepEqual(await listAll(), withFirst);
  });

  await step('the table gets a replica, protected like the primary', () =>
    replicate(primary, secondary, tableName),
  );
  await inSecond.serverless('deploy');
  await step(
    'the second stack has no table, and both have other names in the account',
    async () => {
      assert.ok(!(await second.listResources()).has('RoomsTable'));
      const names = await Promise.all([first, second].map(listGlobalNames));
      const [ofFirst = [], ofSecond = []] = names;
      assert.ok(ofFirst.length > 6, 'the roles, the bucket and the dashboard');
      assert.deepEqual(
        ofFirst.filter((name) => ofSecond.includes(name)),
        [],
      );
    },
  );

  const invoke = {
    Version: '2012-10-17',
    Statement: [
      {
        ...{ Effect: 'Allow', Action: 'execute-api:Invoke' },
        Resource: `arn:aws:execute-api:*:${account}:*`,
      },
    ],
  };
  const signer = await createUser(primary, 'back-end', { invoke });
  const [callFirst, callSecond] = await Promise.all(
    regions.map(async (region) => {
      const { listResources } = openStack(region, stackName);
      const callApi = openApi(region, (await listResources()).get('HttpApi') ?? '');
      return (call: Call) => callApi({ ...call, signer });
    }),
  );
  assert.ok(callFirst && callSecond);

  await step('a room of one region has the same session in the other', async () => {
    const join = (room: string): Call => ({ route: `POST /rooms/${room}/tokens`, body: {} });
    const there = await callFirst(join('lecture'));
    assert.equal(there.status, 201, JSON.stringify(there.body));
    const here = await callSecond(join('lecture'));
    assert.deepEqual([here.status, here.body.sessionId], [201, there.body.sessionId]);
    const back = await callSecond(join('seminar'));
    assert.equal((await callFirst(join('seminar'))).body.sessionId, back.body.sessionId);
  });
  await step('rules that a host sets in one region hold in the other', async () => {
    const body = { admission: 'knock' };
    assert.equal((await callSecond({ route: 'PUT /rooms/clinic', body })).status, 201);
    assert.equal((await callFirst({ route: 'GET /rooms/clinic' })).body.admission, 'knock');
    const { body: listed } = await callFirst({ route: 'GET /rooms' });
    const names = listed.rooms.map(({ name }: { name: string }) => name);
    assert.deepEqual(names.toSorted(), ['clinic', 'lecture', 'seminar']);
  });

  await inSecond.serverless('remove');
  await step(
    'the table stays when the second stack is removed, and so does the first',
    async () => {
      const [ofFirst, ofSecond = []] = withFirst;
      assert.deepEqual(await listAll(), [ofFirst, [...ofSecond, `table ${tableName}`]]);
      assert.equal((await callFirst({ route: 'GET /rooms/clinic' })).status, 200);
    },
  );
  await step('the replica is deleted before the primary', () =>
    deleteReplica(primary, secondary, tableName),
  );
  await inFirst.serverless('remove');
  await step('nothing is left behind in either region', async () => {
    assert.deepEqual(await listAll(), before);
  });
}

async function readTableName(stack: DeployedStack): Promise<string> {
  const name = (await stack.listResources()).get('RoomsTable');
  assert.ok(name);
  return name;
}

/** Names that no other stack of the account can have, whatever its region. */
async function listGlobalNames(stack: DeployedStack): Promise<string[]> {
  const [{ Resources }, ids] = await Promise.all([stack.readTemplate(), stack.listResources()]);
  const types = ['AWS::IAM::Role', 'AWS::S3::Bucket'];
  return [...ids].flatMap(([id, name]) =>
    types.includes(Resources[id]?.Type ?? '') ? [name] : [],
  );
}

/** The commands of docs/operations.md, "A second region". */
async function replicate(primary: Emulator, secondary: Emulator, TableName: string): Promise<void> {
  const [inPrimary, inSecondary] = [primary, secondary].map(
    ({ clientConfig }) => new DynamoDBClient(clientConfig),
  );
  assert.ok(inPrimary && inSecondary);
  await inPrimary.send(
    new UpdateTableCommand({
      TableName,
      ReplicaUpdates: [{ Create: { RegionName: secondRegion } }],
    }),
  );
  await waitUntilTableExists(
    { client: inSecondary, maxWaitTime: tableSeconds, minDelay: 1 },
    { TableName },
  );
  await inSecondary.send(
    new UpdateContinuousBackupsCommand({
      TableName,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    }),
  );
  await inSecondary.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: true }));
}

async function deleteReplica(
  { clientConfig }: Emulator,
  secondary: Emulator,
  TableName: string,
): Promise<void> {
  await new DynamoDBClient(secondary.clientConfig).send(
    new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }),
  );
  await new DynamoDBClient(clientConfig).send(
    new UpdateTableCommand({
      TableName,
      ReplicaUpdates: [{ Delete: { RegionName: secondRegion } }],
    }),
  );
}
