/**
 * `npm run test:deploy`, second part: the deployed service at work, on an emulator that runs it.
 *
 * In a company's account (a boundary, a VPC, a customer key, a service role), a user with the printed policies
 * `deploy` and `doctor` and no other right deploys, changes, rolls back and removes the stack. In between, every route of the deployed API is called over HTTPS, and messages go in by
 * queue, bus and topic. The functions run with their own roles, and every right is checked.
 * .github/CONTRIBUTING.md says what MiniStack cannot do.
 */
import assert from 'node:assert/strict';
import { DeleteFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { buildDeployerPolicies } from '../../deploy/deployer-policy.js';
import { startPlatform } from '../../stand-ins/platform.ts';
import { verifyHs256 } from '../../test/support/verify-token.ts';
import { copyService, type ServiceCopy } from '../package-service.ts';
import { findPython, MissingToolError } from '../python.ts';
import {
  collectResults,
  createBuses,
  createSecret,
  createTopic,
  createUser,
  publish,
  putEvent,
  sendMessage,
} from './account.ts';
import { createCompany } from './company.ts';
import { type ApiResponse, type Call, openApi } from './deployed-api.ts';
import { openStack } from './deployed-stack.ts';
import { account, type Emulator, region, startMiniStack } from './emulators.ts';
import { pointFunctionsAt, project, secretId, stackName, step, useServerless } from './steps.ts';
import { startTokenProvider, type TokenProvider } from './token-provider.ts';

const page = 'https://app.example.com';
const audience = 'web-client';
const buses = { requests: 'bookings', results: 'results' };
const source = 'booking-service';

try {
  const root = await startMiniStack(await findPython('ministack'));
  const platform = await startPlatform({ projects: [project] });
  const provider = await startTokenProvider();
  const service = await copyService();
  try {
    await pointFunctionsAt(root, service);
    await rehearse({ root, service, provider, platformUrl: platform.url });
  } finally {
    await Promise.all([root.stop(), platform.close(), provider.close(), service.remove()]);
  }
} catch (cause) {
  console.error(cause instanceof MissingToolError ? cause.message : cause);
  process.exitCode = 1;
}

async function rehearse({
  root,
  service,
  provider,
  platformUrl,
}: {
  readonly root: Emulator;
  readonly service: ServiceCopy;
  readonly provider: TokenProvider;
  readonly platformUrl: string;
}): Promise<void> {
  await createSecret(root);
  await createBuses(root, Object.values(buses));
  const requestTopicArn = await createTopic(root, 'session-requests');
  const results = await collectResults(root, buses.results);
  const buildPolicies = (values: object) =>
    buildDeployerPolicies({ stackName, region, values: { secretId, requestTopicArn, ...values } });
  const { functions, resources } = buildPolicies({});
  const company = await createCompany(root, { functions, resources });
  const { deploy, doctor } = buildPolicies(company);
  const deployer = root.as(await createUser(root, 'deployer', { deploy, doctor }));
  const stack = openStack(root, stackName);
  const before = await stack.listLeftovers();
  const { serverless } = useServerless(deployer, service);

  const forBackEnds = { ...company, dashboard: 'false', videoApiUrl: platformUrl };
  const forEndUsers = {
    ...forBackEnds,
    ...{ auth: 'jwt', issuer: provider.issuer, audience },
    ...{
      guests: 'true',
      roomsOnly: 'true',
      corsOrigins: page,
      sampleRoutes: 'true',
      describe: 'true',
    },
    ...{ queueTrigger: 'true', roomQueueTrigger: 'true', requestTopicArn },
    ...{ eventTrigger: 'true', roomEventTrigger: 'true', eventBus: buses.requests },
    ...{ eventSource: source, resultBus: buses.results },
  };

  await serverless('deploy', forBackEnds);
  const callApi = openApi(root, (await stack.listResources()).get('HttpApi') ?? '');
  const invoke = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'execute-api:Invoke',
        Resource: `arn:aws:execute-api:${region}:${account}:*`,
      },
    ],
  };
  const signer = await createUser(root, 'back-end', { invoke });
  const stranger = await createUser(root, 'stranger', {});
  const asBackEnd = (call: Call) => callApi({ ...call, signer });

  await step('with auth=iam, calls without a signature or a right return 403', async () => {
    assert.equal((await callApi({ route: 'POST /sessions', body: {} })).status, 403);
    const call = { route: 'POST /sessions', body: {}, signer: stranger };
    assert.equal((await callApi(call)).status, 403);
  });
  await step('a back end uses every route', () => useRoutes(asBackEnd));
  await step('without guests, their route is missing, and no page may call', async () => {
    assert.equal((await callApi({ route: 'POST /invites/tokens', body: {} })).status, 404);
    assert.equal((await asBackEnd({ route: 'GET /openapi.json' })).status, 404);
    const { headers } = await askFromPage(callApi, page);
    assert.equal(headers['access-control-allow-origin'], undefined);
  });

  await serverless('deploy', { ...forEndUsers, accept: 'auth' });
  const token = await provider.issue({ sub: 'ada', aud: audience });
  const asEndUser = (call: Call) => callApi({ ...call, token });
  const checkEndUsers = async () => {
    assert.equal((await asBackEnd({ route: 'POST /rooms/a/tokens', body: {} })).status, 401);
    const foreign = await provider.issue({ sub: 'ada', aud: 'other-client' });
    const call = { route: 'POST /rooms/a/tokens', body: {} };
    assert.ok([401, 403].includes((await callApi({ ...call, token: foreign })).status));
    const { status, body } = await asEndUser({ route: 'POST /rooms/lecture/tokens', body: {} });
    assert.deepEqual([status, body.room], [201, 'lecture'], JSON.stringify(body));
  };
  await step('messages by queue, bus and topic are answered on the result bus', async () => {
    const queues = await stack.listResources();
    const send = (id: string, body: object) => sendMessage(root, queues.get(id), body);
    const put = (type: string, detail: object) =>
      putEvent(root, { bus: buses.requests, source, type, detail });
    await send('SessionRequests', { reference: 'session by queue' });
    await send('SessionRequests', { reference: 'wrong session', mediaMode: 'peer' });
    await send('RoomRequests', { reference: 'room by queue', room: 'seminar' });
    await put('OpenTok Session Requested', { reference: 'session by bus' });
    await put('OpenTok Room Requested', { reference: 'room by bus', room: 'lecture' });
    await publish(root, requestTopicArn, { reference: 'session by topic' });

    for (const reference of ['session by queue', 'session by bus', 'session by topic']) {
      const { 'detail-type': type, detail } = await results.find(reference);
      assert.equal(type, 'OpenTok Session Created', reference);
      assert.match(detail.session.sessionId, /^1_/);
    }
    for (const reference of ['room by queue', 'room by bus']) {
      assert.equal((await results.find(reference))['detail-type'], 'OpenTok Room Opened');
    }
    const { 'detail-type': type, detail } = await results.find('wrong session');
    assert.deepEqual([type, detail.problem.status], ['OpenTok Session Failed', 400]);
  });
  await step('with auth=jwt, end users join with a token of the provider', checkEndUsers);
  await step('a guest waits and is admitted by a host', async () => {
    const host = await provider.issue({ sub: 'eve', aud: audience, opentok_role: 'moderator' });
    await joinAsGuest((call) => callApi({ ...call, token: host }), callApi);
  });
  await step('pages of corsOrigins may call, others may not', async () => {
    const allowed = await askFromPage(callApi, page);
    assert.equal(allowed.headers['access-control-allow-origin'], page);
    const other = await askFromPage(callApi, 'https://other.example.com');
    assert.equal(other.headers['access-control-allow-origin'], undefined);
  });
  await step('the optional routes are there', async () => {
    assert.match((await asEndUser({ route: 'GET /openapi.json' })).body.openapi, /^3\.1/);
    assert.equal((await asEndUser({ route: 'GET /session/lecture' })).status, 200);
  });

  const accept = 'SessionRequests,SessionRequestsFailed,RoomRequests,RoomRequestsFailed';
  const { output: list } = await serverless('deploy list');
  const [, oldest = ''] = /Timestamp: (\d+)/.exec(list) ?? [];
  await serverless('rollback', { accept }, ['--timestamp', oldest]);
  await step('after the rollback, callers, routes and triggers are those of before', async () => {
    const { status } = await asBackEnd({ route: 'POST /rooms/lecture/tokens', body: {} });
    assert.equal(status, 201);
    assert.ok([401, 403].includes((await asEndUser({ route: 'GET /rooms/lecture' })).status));
    assert.equal((await callApi({ route: 'POST /invites/tokens', body: {} })).status, 404);
    assert.ok(!(await stack.listResources()).has('SessionRequests'));
  });
  await serverless('deploy', { ...forEndUsers, accept: 'auth' });
  await step('a deployment after it brings them back', checkEndUsers);

  const { output: examined } = await serverless('doctor', forEndUsers);
  await step('doctor finds nothing wrong', () => {
    for (const finding of ['secret', 'platform', 'table', 'bus', 'topics', 'issuer']) {
      assert.match(examined, new RegExp(`^ok +${finding} `, 'm'));
    }
  });
  await new LambdaClient(root.clientConfig).send(
    new DeleteFunctionCommand({ FunctionName: `${stackName}-openRoom` }),
  );
  const { output: repaired } = await serverless('repair');
  await step('repair finds a function that was deleted', () => {
    assert.match(repaired, /OpenRoomLambdaFunction \(AWS::Lambda::Function\): deleted/);
  });

  await serverless('remove');
  await step('nothing is left behind', async () => {
    assert.deepEqual(await stack.listLeftovers(), before);
  });
}

type CallApi = (call: Call) => Promise<ApiResponse>;

/** Returns a function that makes a call, checks its status and returns the body. */
function useApi(callApi: CallApi) {
  return async (status: number, call: Call) => {
    const response = await callApi(call);
    assert.equal(response.status, status, `${call.route}: ${JSON.stringify(response.body)}`);
    return response.body;
  };
}

/** Sessions, tokens, rooms, invites and knocks: every route that each deployment has. */
async function useRoutes(callApi: CallApi): Promise<void> {
  const expectStatus = useApi(callApi);
  const { sessionId } = await expectStatus(201, {
    route: 'POST /sessions',
    body: { mediaMode: 'routed' },
  });
  const { token } = await expectStatus(201, {
    route: `POST /sessions/${sessionId}/tokens`,
    body: { role: 'moderator' },
  });
  assert.equal(verifyHs256(token, project.apiSecret)['session_id'], sessionId);

  const room = '/rooms/standup';
  const opened = await expectStatus(201, { route: `PUT ${room}`, body: { admission: 'knock' } });
  const joined = await expectStatus(201, { route: `POST ${room}/tokens`, body: {} });
  assert.equal(joined.sessionId, opened.sessionId);
  assert.equal((await expectStatus(200, { route: `GET ${room}` })).admission, 'knock');

  const { inviteId } = await expectStatus(201, {
    route: `POST ${room}/invites`,
    body: { name: 'Ada' },
  });
  const { invites } = await expectStatus(200, { route: `GET ${room}/invites` });
  assert.deepEqual(
    invites.map((invite: { inviteId: string }) => invite.inviteId),
    [inviteId],
  );
  assert.deepEqual((await expectStatus(200, { route: `GET ${room}/knocks` })).knocks, []);
  await expectStatus(204, { route: `PUT ${room}/knocks`, body: { decision: 'admit' } });
  await expectStatus(404, { route: `PUT ${room}/knocks/unknown`, body: { decision: 'admit' } });
  await expectStatus(204, { route: `DELETE ${room}/invites/${inviteId}` });
  await expectStatus(204, { route: `DELETE ${room}` });
  await expectStatus(404, { route: `GET ${room}` });
}

/** A guest waits until a host admits them. */
async function joinAsGuest(asHost: CallApi, asGuest: CallApi): Promise<void> {
  const [host, guest] = [useApi(asHost), useApi(asGuest)];
  const room = '/rooms/consultation';
  await host(201, { route: `PUT ${room}`, body: { admission: 'knock' } });
  const { invite } = await host(201, { route: `POST ${room}/invites`, body: { name: 'Ada' } });
  const join = (body: object) => ({ route: 'POST /invites/tokens', body });
  const { knock } = await guest(202, join({ invite }));
  const { knocks } = await host(200, { route: `GET ${room}/knocks` });
  const decide = `PUT ${room}/knocks/${knocks[0].knockId}`;
  await host(204, { route: decide, body: { decision: 'admit' } });
  const { token } = await guest(201, join({ invite, knock }));
  assert.equal(verifyHs256(token, project.apiSecret)['role'], 'publisher');
}

/** A browser's preflight request. */
function askFromPage(callApi: CallApi, origin: string): Promise<ApiResponse> {
  return callApi({
    route: 'OPTIONS /invites/tokens',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    },
  });
}
