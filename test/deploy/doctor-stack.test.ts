/**
 * `serverless doctor --call` and `--ring`: the running stack.
 */
import { createHash, createHmac } from 'node:crypto';
import { afterEach, describe, expect, inject, it, vi } from 'vitest';
import { startPlatform } from '../../stand-ins/platform.ts';
import { type RecordedRequest, startStandIn } from '../../stand-ins/stand-in.ts';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { AwsError, type Operations, startFakeAws } from '../support/fake-aws.ts';
import { drivePlugin, noStack, runningStack, stackName } from '../support/plugin.ts';

const startAws = closedAfterEach(startFakeAws);
const start = {
  platform: closedAfterEach(startPlatform),
  api: closedAfterEach((answer: (request: RecordedRequest) => ApiAnswer) =>
    startStandIn({
      read: (request) => request,
      answer: (request) => {
        const { status, body, headers = {} } = answer(request);
        return {
          status,
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify(body ?? {}),
        };
      },
    }),
  ),
};
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

interface ApiAnswer {
  readonly status: number;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

const project = { apiKey: '12345678', apiSecret: 'only-known-to-this-test' };
const { fullTemplate } = inject('packaged');
const { AttributeDefinitions, GlobalSecondaryIndexes, KeySchema } =
  fullTemplate.Resources['RoomsTable']?.Properties ?? {};
const idsOf = (type: string) =>
  Object.keys(fullTemplate.Resources).filter((id) => fullTemplate.Resources[id]?.Type === type);
const physicalId = (id: string) => `${stackName}-${id}-1A2B`;

const noRoom = {
  status: 404,
  body: { type: 'urn:opentok-sessions:room-not-found-error', title: 'No such room' },
};
const badRequest = {
  status: 400,
  body: { type: 'urn:opentok-sessions:invalid-request-error', title: 'Invalid request' },
};

/** API Gateway and the functions behind it, with `auth=iam`. */
const apiWithIam = ({ path, headers }: RecordedRequest): ApiAnswer => {
  if (path === '/callbacks') return { status: 200 };
  if (path === '/invites/tokens') return badRequest;
  return headers.authorization ? noRoom : { status: 403, body: { message: 'Forbidden' } };
};

const alarm = (id: string, fields: object = {}) => ({
  ...{ AlarmName: physicalId(id), StateValue: 'OK', ActionsEnabled: true },
  ...{ AlarmDescription: 'Read the log.', StateUpdatedTimestamp: 1_764_000_000 },
  ...fields,
});
const alarmIds = [...idsOf('AWS::CloudWatch::Alarm'), ...idsOf('AWS::CloudWatch::CompositeAlarm')];
const describeAlarms = (changed: Record<string, object | undefined> = {}): Operations => ({
  DescribeAlarms: ({ AlarmNames }) => ({
    MetricAlarms: alarmIds
      .filter((id) => (AlarmNames as string[]).includes(physicalId(id)))
      .filter((id) => !(id in changed) || changed[id] !== undefined)
      .map((id) => alarm(id, changed[id])),
  }),
});
const mappingRoute = (id: string) => `GET /2015-03-31/event-source-mappings/${physicalId(id)}`;
const mappingsIn = (State: string): Operations =>
  Object.fromEntries(
    idsOf('AWS::Lambda::EventSourceMapping').map((id) => [mappingRoute(id), () => ({ State })]),
  );
const drifts = (...found: object[]): Operations => ({
  DescribeStackResourceDrifts: () => ({ StackResourceDrifts: found }),
});
const topicArn = String(fullTemplate.Resources['ApiThrottledAlarm']?.Properties['AlarmActions'][0]);
const subscribers = (...found: object[]): Operations => ({
  ListSubscriptionsByTopic: () => ({ Subscriptions: found }),
});
const confirmed = {
  ...{ Protocol: 'email', Endpoint: 'ops@example.com' },
  SubscriptionArn: `${topicArn}:1`,
};

function runningAt(url: string, status?: string): Operations {
  const outputs = { RoomsTableName: 'rooms-1', HttpApiUrl: url };
  return runningStack(fullTemplate, outputs, status);
}

const well: Operations = {
  GetSecretValue: () => ({
    SecretString: JSON.stringify({ ...project, callbackSecrets: ['one'] }),
  }),
  DescribeSecret: () => ({}),
  DescribeEventBus: ({ Name }) => ({ Name }),
  GetItem: () => ({}),
  DescribeTable: () => ({
    Table: {
      ...{ TableName: 'rooms-1', TableStatus: 'ACTIVE', KeySchema, AttributeDefinitions },
      GlobalSecondaryIndexes: GlobalSecondaryIndexes.map((index: object) => ({
        ...index,
        IndexStatus: 'ACTIVE',
      })),
    },
  }),
  ListStackResources: () => ({
    StackResourceSummaries: Object.keys(fullTemplate.Resources).map((id) => ({
      LogicalResourceId: id,
      PhysicalResourceId: physicalId(id),
    })),
  }),
  ...mappingsIn('Enabled'),
  ...describeAlarms(),
  DetectStackDrift: () => ({ StackDriftDetectionId: 'detection-1' }),
  DescribeStackDriftDetectionStatus: () => ({ DetectionStatus: 'DETECTION_COMPLETE' }),
  ...drifts(),
  ...subscribers(confirmed),
};

async function examine({
  operations = {},
  values = {},
  options = { call: true },
  api = apiWithIam,
  status,
}: {
  operations?: Operations;
  values?: object;
  options?: object;
  api?: (request: RecordedRequest) => ApiAnswer;
  status?: string;
} = {}) {
  const { url, requests } = await start.api(api);
  const aws = await startAws({ ...well, ...runningAt(url, status), ...operations });
  const platform = await start.platform({ projects: [project] });
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line) => void lines.push(line));
  const plugin = await drivePlugin('doctor', {
    aws,
    parameters: {
      values: { auth: 'iam', secretId: 'video/prod', videoApiUrl: platform.url, ...values },
    },
    options,
  });
  await plugin.run('examine:examine').catch(() => undefined);
  const failed = lines.filter((line) => line.startsWith('FAIL'));
  return { lines, failed, requests, url, calls: aws.calls(), aws };
}

/** Verifies a signature (SigV4) of a request without a body, as API Gateway does. */
function isSigned({ method, path, headers }: RecordedRequest): boolean {
  const [, scope = '', names = '', signature] =
    /Credential=[^/]+\/([^,]+), SignedHeaders=([^,]+), Signature=(\w+)/.exec(
      headers.authorization ?? '',
    ) ?? [];
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const signed = names.split(';').map((name) => `${name}:${headers[name]}\n`);
  const canonical = [method, path, '', signed.join(''), names, hash('')].join('\n');
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, hash(canonical)].join('\n');
  const key = scope
    .split('/')
    .reduce<string | Buffer>(
      (secret, part) => createHmac('sha256', secret).update(part).digest(),
      'AWS4none',
    );
  return (
    scope.endsWith('/eu-west-1/execute-api/aws4_request') &&
    createHmac('sha256', key).update(text).digest('hex') === signature
  );
}

describe('serverless doctor without options', () => {
  it('neither calls the API nor rings an alarm', async () => {
    const { failed, requests, calls } = await examine({ options: {} });
    expect([failed, requests]).toEqual([[], []]);
    expect(calls).not.toContain('SetAlarmState');
  });
});

describe('serverless doctor --call', () => {
  it('calls without credentials and with a signature, and examines the stack', async () => {
    const { lines, failed, requests, url } = await examine();
    expect(failed).toEqual([]);
    expect(lines.slice(7)).toEqual([
      `ok    call        GET ${url}/rooms/doctor without credentials returns 403 (Forbidden)`,
      'ok    call        a signed GET /rooms/doctor returns 404 (No such room)',
      expect.stringMatching(/^ok +mappings +.*SessionRequestsMapping.* enabled$/),
      `ok    alarms      ${alarmIds.length} alarms, none rings`,
      'ok    drift       no resource differs from the template',
    ]);
    expect(requests.map(isSigned).sort()).toEqual([false, true]);
    expect(requests.map(({ method }) => method)).toEqual(['GET', 'GET']);
  });

  it('calls the public routes of the deployment, with empty requests', async () => {
    const { lines, requests } = await examine({ values: { guests: true, liveRooms: true } });
    expect(lines).toContain(
      'ok    call        an empty POST /invites/tokens returns 400 (Invalid request)',
    );
    expect(lines).toContain('ok    call        an empty POST /callbacks returns 200');
    const posts = requests.filter(({ method }) => method === 'POST');
    expect(posts.map(({ path, body }) => `${path} ${body}`).sort()).toEqual([
      '/callbacks ',
      '/invites/tokens {}',
    ]);
  });

  it.each<[string, ApiAnswer, RegExp]>([
    ['lets callers in', noRoom, /without credentials returns 404 .*instead of 401 or 403/],
    ['has another owner', { status: 301 }, /returns 301 instead of 401 or 403/],
  ])('fails if the API %s without credentials', async (_, answer, message) => {
    const { failed } = await examine({ api: () => answer });
    expect(failed.join('\n')).toMatch(message);
  });

  it.each<[string, ApiAnswer, RegExp]>([
    [
      'does not accept its credentials',
      { status: 403, body: { message: 'Forbidden' } },
      /returns 403 \(Forbidden\): the credentials of this command need execute-api:Invoke/,
    ],
    [
      'cannot invoke the function',
      { status: 500, body: { message: 'Internal Server Error' } },
      /returns 500 \(Internal Server Error\), and no function answered/,
    ],
    [
      'has no such route',
      { status: 404, body: { message: 'Not Found' } },
      /returns 404 \(Not Found\), and no function answered/,
    ],
    [
      'has a function that fails',
      {
        status: 503,
        body: {
          type: 'urn:opentok-sessions:room-store-unavailable-error',
          ...{ title: 'Unavailable', detail: 'Retry.', requestId: 'r-1' },
        },
      },
      /returns 503 \(Unavailable\)\. Retry\. Request r-1 is in the saved query/,
    ],
  ])('fails if the API %s', async (_, answer, message) => {
    const { failed } = await examine({
      api: ({ headers }) => (headers.authorization ? answer : { status: 403 }),
    });
    expect(failed).toEqual([expect.stringMatching(message)]);
  });

  it('fails if the API cannot be reached', async () => {
    const operations = runningAt('http://127.0.0.1:9');
    const { failed } = await examine({ operations });
    expect(failed[0]).toMatch(/cannot be reached: /);
  });

  it('fails without a stack, and makes no further calls', async () => {
    const { failed, requests } = await examine({ operations: noStack });
    expect(failed.join('\n')).toContain('the stack opentok-sessions-prod is not deployed');
    expect(requests).toEqual([]);
  });

  describe('with auth=jwt', () => {
    const values = { auth: 'jwt' };
    const api = ({ headers }: RecordedRequest): ApiAnswer => {
      if (headers.authorization === 'Bearer good') return noRoom;
      const challenge = 'Bearer error="invalid_token"';
      return { status: 401, headers: { 'www-authenticate': challenge } };
    };

    it('calls with DOCTOR_TOKEN', async () => {
      vi.stubEnv('DOCTOR_TOKEN', 'good');
      const { lines, failed } = await examine({ values, api });
      expect(failed).toEqual([]);
      expect(lines).toContain(
        'ok    call        GET /rooms/doctor with DOCTOR_TOKEN returns 404 (No such room)',
      );
    });

    it('says how to call if there is no DOCTOR_TOKEN', async () => {
      vi.stubEnv('DOCTOR_TOKEN', '');
      const { lines, failed, requests } = await examine({ values, api });
      expect(failed).toEqual([]);
      expect(lines.join('\n')).toContain('set DOCTOR_TOKEN to a sign-in token');
      expect(requests).toHaveLength(1);
    });

    it('fails if API Gateway rejects the token, without printing it', async () => {
      vi.stubEnv('DOCTOR_TOKEN', 'expired-and-secret');
      const { lines, failed } = await examine({ values, api });
      expect(failed).toEqual([expect.stringContaining('error="invalid_token"')]);
      expect(lines.join('\n')).not.toContain('expired-and-secret');
    });
  });

  it.each([
    ['disabled', { State: 'Disabled' }, /SessionRequestsMapping is Disabled, so its queue/],
    ['deleted', undefined, /SessionRequestsMapping is deleted, so its queue/],
  ])('fails if a mapping is %s, with what to do', async (_, state, message) => {
    const respond = () => {
      if (state) return state;
      throw new AwsError('ResourceNotFoundException', 'no such mapping');
    };
    const operations = { [mappingRoute('SessionRequestsMapping')]: respond };
    const { failed } = await examine({ operations });
    expect(failed).toEqual([expect.stringMatching(message)]);
    expect(failed[0]).toContain('npx serverless repair');
  });

  it('prints a line for each alarm that rings, is muted or was deleted', async () => {
    const { failed } = await examine({
      operations: describeAlarms({
        OwnFaultsAlarm: { StateValue: 'ALARM' },
        ApiFaultsAlarm: { ActionsEnabled: false },
        ServiceFaultsAlarm: undefined,
      }),
    });
    expect(failed.toSorted()).toEqual([
      expect.stringMatching(/ApiFaultsAlarm notifies no one: aws cloudwatch enable-alarm-actions/),
      expect.stringMatching(/OwnFaultsAlarm rings since 2025-11-24T16:00:00\.000Z: Read the log\./),
      expect.stringMatching(/ServiceFaultsAlarm was deleted: run npx serverless repair/),
    ]);
  });

  const drift = (id: string, fields: object) => ({
    ...{ LogicalResourceId: id, ResourceType: 'AWS::Lambda::Function' },
    ...{ StackResourceDriftStatus: 'MODIFIED', ...fields },
  });
  const difference = (PropertyPath: string) => ({
    ...{ PropertyPath, ExpectedValue: '10', ActualValue: '3', DifferenceType: 'NOT_EQUAL' },
  });

  it('prints a line for each resource that differs, except for what recycle changes', async () => {
    const recycled = difference('/Environment/Variables/RECYCLED_AT');
    const { failed } = await examine({
      operations: drifts(
        drift('JoinRoom', { PropertyDifferences: [recycled] }),
        drift('OpenRoom', { PropertyDifferences: [recycled, difference('/Timeout')] }),
        drift('IssueToken', { StackResourceDriftStatus: 'DELETED' }),
      ),
    });
    expect(failed).toEqual([
      'FAIL  drift       OpenRoom (AWS::Lambda::Function): changed; /Timeout: 3 instead of 10: run npx serverless repair',
      'FAIL  drift       IssueToken (AWS::Lambda::Function): deleted: run npx serverless repair',
    ]);
  });

  it('says which resources were not compared', async () => {
    const { lines } = await examine({
      operations: {
        DescribeStackDriftDetectionStatus: () => ({
          DetectionStatus: 'DETECTION_FAILED',
          DetectionStatusReason: 'no right to read X',
        }),
      },
    });
    expect(lines.at(-1)).toContain('Not every resource was compared: no right to read X');
  });
});

describe('serverless doctor --ring', () => {
  const options = { ring: true };
  /** CloudWatch's history, with an older entry, and one after the alarm was set. */
  function ringing(summary: string | undefined): Operations {
    let isSet = false;
    const entry = (Timestamp: number, HistorySummary: string) => ({ Timestamp, HistorySummary });
    return {
      SetAlarmState: () => {
        isSet = true;
        return {};
      },
      DescribeAlarmHistory: () => ({
        AlarmHistoryItems: [
          ...(isSet && summary ? [entry(1_764_000_100, summary)] : []),
          entry(1_764_000_000, 'Failed to execute action last week'),
        ],
      }),
    };
  }
  const success = () => ringing(`Successfully executed action ${topicArn}`);

  it('rings one alarm that no deployment watches, and lists its subscribers', async () => {
    const { lines, failed, aws } = await examine({ options, operations: success() });
    expect(failed).toEqual([]);
    const rule = JSON.stringify(fullTemplate.Resources['DeploymentAlarm']?.Properties);
    const [, id = ''] = /^ok +ring +(\w+) rang\. /.exec(lines.at(-1) ?? '') ?? [];
    expect(alarmIds).toContain(id);
    expect(rule).not.toContain(id);
    expect(lines.at(-1)).toContain(`${topicArn} should reach email ops@example.com`);
    const set = aws.requests.filter(({ operation }) => operation === 'SetAlarmState');
    expect(set.map(({ body }) => JSON.parse(body))).toEqual([
      expect.objectContaining({ AlarmName: physicalId(id), StateValue: 'ALARM' }),
    ]);
  });

  it('names subscribers that have not confirmed', async () => {
    const pending = {
      ...{ Protocol: 'email', Endpoint: 'new@example.com' },
      SubscriptionArn: 'PendingConfirmation',
    };
    const { lines } = await examine({
      options,
      operations: { ...success(), ...subscribers(confirmed, pending) },
    });
    expect(lines.at(-1)).toContain('reach email ops@example.com; not confirmed: email new@');
    const { failed } = await examine({
      options,
      operations: { ...success(), ...subscribers(pending) },
    });
    expect(failed[0]).toContain(
      'has no subscriber (not confirmed: email new@example.com): aws sns',
    );
  });

  it('prints no path of a URL, which may contain a key', async () => {
    const pager = {
      ...{ Protocol: 'https', Endpoint: 'https://key:key@pager.example.com/integration/key-1?k=2' },
      SubscriptionArn: `${topicArn}:2`,
    };
    const operations = { ...success(), ...subscribers(pager) };
    const { lines } = await examine({ options, operations });
    expect(lines.at(-1)).toMatch(/should reach https https:\/\/pager\.example\.com\/…$/);
  });

  it('fails if the topic rejected the message, with the reason', async () => {
    const operations = ringing(`Failed to execute action ${topicArn}. Received error: "denied"`);
    const { failed } = await examine({ options, operations });
    expect(failed[0]).toMatch(/rang and reached no one: Failed .*"denied"/);
  });

  it.each([
    ['while the stack is updated', 'UPDATE_IN_PROGRESS', {}, 'Wait until it has finished'],
    [
      'without alarms',
      undefined,
      runningStack({ Resources: {} }, { RoomsTableName: 'rooms-1' }),
      'set alarmTopicArn',
    ],
  ])('rings nothing %s', async (_, status, operations, message) => {
    const { failed, calls } = await examine({
      options,
      operations: { ...success(), ...operations },
      ...(status && { status }),
    });
    expect(failed).toEqual([expect.stringContaining(message)]);
    expect(calls).not.toContain('SetAlarmState');
  });

  it('runs after the other checks, which do not find what it rings', async () => {
    const { calls } = await examine({ options: { call: true, ring: true }, operations: success() });
    expect(calls.indexOf('SetAlarmState')).toBeGreaterThan(calls.lastIndexOf('DescribeAlarms'));
    expect(calls).toContain('DescribeAlarms');
  });
});
