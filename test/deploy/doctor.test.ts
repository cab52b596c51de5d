/**
 * `serverless doctor`: one line for each thing it looks at, and no secret in any of them.
 */
import { generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, inject, it, vi } from 'vitest';
import { checkIssuer } from '../../deploy/doctor/issuer.ts';
import { startPlatform } from '../../stand-ins/platform.ts';
import { type StandIn, startStandIn } from '../../stand-ins/stand-in.ts';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { AwsError, type Operations, startFakeAws } from '../support/fake-aws.ts';
import { drivePlugin, noStack, runningStack } from '../support/plugin.ts';

const startAws = closedAfterEach(startFakeAws);
const start = {
  platform: closedAfterEach(startPlatform),
  provider: closedAfterEach(startProvider),
};
afterEach(() => vi.restoreAllMocks());

const project = { apiKey: '12345678', apiSecret: 'only-known-to-this-test' };
const { KeySchema } = inject('packaged').template.Resources['RoomsTable']?.Properties ?? {};
const table = {
  DescribeTable: () => ({ Table: { TableStatus: 'ACTIVE', KeySchema } }),
};
const well: Operations = {
  GetSecretValue: () => ({ SecretString: JSON.stringify(project) }),
  DescribeSecret: () => ({}),
  DescribeEventBus: ({ Name }) => ({ Name }),
  ...runningStack({}, { RoomsTableName: 'rooms-1' }),
  ...table,
};
const refuse = (name: string, message: string) => () => {
  throw new AwsError(name, message);
};

/** A provider of tokens: its discovery document, and its keys. */
async function startProvider({
  issuer,
  end = '',
  keys = [{ kty: 'RSA', kid: '1' }],
  status = 200,
}: {
  issuer?: string;
  end?: string;
  keys?: readonly object[];
  status?: number;
} = {}) {
  const standIn: StandIn = await startStandIn({
    read: (request) => request,
    answer: ({ path }) => ({
      status,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(
        path.startsWith('/.well-known/')
          ? { issuer: issuer ?? `${standIn.url}${end}`, jwks_uri: `${standIn.url}/keys` }
          : { keys },
      ),
    }),
  });
  return standIn;
}

async function examine(operations: Operations = {}, values: object = {}) {
  const aws = await startAws({ ...well, ...operations });
  const platform = await start.platform({ projects: [project] });
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line) => void lines.push(line));
  const plugin = await drivePlugin('doctor', {
    aws,
    parameters: {
      values: { auth: 'iam', secretId: 'video/prod', videoApiUrl: platform.url, ...values },
    },
  });
  const said = await plugin.run('examine:examine').then(
    () => '',
    (cause: Error) => cause.message,
  );
  const failed = lines.filter((line) => line.startsWith('FAIL'));
  return { lines, failed, said, platform };
}

describe('serverless doctor', () => {
  it('says in one line each that all is well', async () => {
    const { lines, said, platform } = await examine();
    expect(said).toBe('');
    expect(lines).toEqual([
      expect.stringMatching(/^ok +parameters +all can be deployed$/),
      expect.stringMatching(
        /^ok +secret +video\/prod in eu-west-1 is that of the OpenTok project 12345678$/,
      ),
      expect.stringMatching(/^ok +platform +took the credentials/),
      expect.stringMatching(/^ok +table +rooms-1 is active$/),
      expect.stringMatching(/^ok +bus +none needed/),
      expect.stringMatching(/^ok +topics +none given$/),
      expect.stringMatching(/^ok +issuer +none with auth=iam$/),
    ]);
    expect(platform.requests).toHaveLength(1);
  });

  it('knows a Vonage application by its secret', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const application = {
      applicationId: '00000000-0000-4000-8000-000000000000',
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    };
    const { lines } = await examine({
      GetSecretValue: () => ({ SecretString: JSON.stringify(application) }),
    });
    expect(lines.join('\n')).toContain(`Vonage application ${application.applicationId}`);
    expect(lines.join('\n')).not.toContain('PRIVATE KEY');
  });

  const text = (SecretString: string) => ({ GetSecretValue: () => ({ SecretString }) });
  it.each<[string, Operations, object, RegExp]>([
    ['a secret that is no JSON', text('apiSecret=x7'), {}, /secret .*it is not JSON/],
    ['a secret of half a project', text('{"apiKey":"1"}'), {}, /secret .*apiSecret is missing/],
    ['a secret with a blank in it', text('{"apiKey":"1","apiSecret":"x7 "}'), {}, /white space/],
    [
      'a secret of bytes',
      { GetSecretValue: () => ({ SecretBinary: 'eDc=' }) },
      {},
      /holds no text/,
    ],
    [
      'a secret that is not there',
      { GetSecretValue: refuse('ResourceNotFoundException', 'no such secret') },
      {},
      /secret .*no such secret/,
    ],
    [
      'a secret under a key that the functions may not use',
      { DescribeSecret: () => ({ KmsKeyId: 'arn:aws:kms:eu-west-1:123456789012:key/1' }) },
      {},
      /secret .*give its ARN as secretKeyArn/,
    ],
    [
      'credentials that the platform does not know',
      text('{"apiKey":"12345678","apiSecret":"x7-old"}'),
      {},
      /platform .*status 403/,
    ],
    [
      'a stack that is not there',
      noStack,
      {},
      /table .*no stack opentok-sessions-prod in eu-west-1/,
    ],
    [
      'a table that is not there',
      { DescribeTable: refuse('ResourceNotFoundException', 'no such table') },
      {},
      /table .*no such table/,
    ],
    [
      'a table that is being made',
      { DescribeTable: () => ({ Table: { TableStatus: 'CREATING' } }) },
      {},
      /table .*rooms-1 is CREATING/,
    ],
    [
      'a bus that is not there',
      { DescribeEventBus: refuse('ResourceNotFoundException', 'no such bus') },
      { queueTrigger: true, resultBus: 'results' },
      /bus .*no such bus/,
    ],
    [
      'a topic elsewhere',
      {},
      { alarmTopicArn: 'arn:aws:sns:us-east-1:123456789012:alarms' },
      /topics .*alarms not in eu-west-1/,
    ],
  ])('tells of %s, and fails', async (_, operations, values, line) => {
    const { lines, failed, said } = await examine(operations, values);
    expect(failed.join('\n')).toMatch(line);
    expect(said).toMatch(/^\d of 7 want looking after\.$/);
    expect(lines).toHaveLength(7);
    expect(lines.join('\n')).not.toMatch(/x7|only-known/);
  });

  it('looks for the buses of the triggers that are on, each once', async () => {
    const asked: unknown[] = [];
    await examine(
      {
        DescribeEventBus: ({ Name }) => {
          asked.push(Name);
          return {};
        },
      },
      { eventTrigger: true, roomEventTrigger: true, eventBus: 'bookings', resultBus: 'bookings' },
    );
    expect(asked).toEqual(['bookings']);
  });
});

describe('the issuer', () => {
  const check = (issuer: string) => checkIssuer(issuer, AbortSignal.timeout(5000));

  it('with its document and an RSA key is well', async () => {
    const { url } = await start.provider();
    await expect(check(url)).resolves.toContain('1 RSA key(s)');
  });

  it('is one with a slash at its end when its document says so, and only then', async () => {
    const { url } = await start.provider();
    await expect(check(`${url}/`)).rejects.toThrow('give exactly it');
    const slashed = await start.provider({ end: '/' });
    await expect(check(`${slashed.url}/`)).resolves.toContain('1 RSA key(s)');
  });

  it.each([
    [
      'of another name',
      { issuer: 'https://other.example.com' },
      /the issuer there is "https:\/\/other/,
    ],
    ['without a key of a kind that API Gateway takes', { keys: [{ kty: 'EC' }] }, /no RSA key/],
    ['without a document', { status: 404 }, /openid-configuration answers 404/],
  ])('%s is told', async (_, options, message) => {
    const { url } = await start.provider(options);
    await expect(check(url)).rejects.toThrow(message);
  });

  it('that nobody can reach is told', async () => {
    const { url, close } = await start.provider();
    await close();
    await expect(check(url)).rejects.toThrow(/cannot be reached: ECONNREFUSED/);
  });
});

describe('npx serverless', () => {
  it("is this project's command, whose doctor is not that of osls", async () => {
    const command = new URL('../../node_modules/.bin/serverless', import.meta.url);
    const source = new URL('../../deploy/cli/serverless.js', import.meta.url);
    expect(await readFile(command, 'utf8')).toBe(await readFile(source, 'utf8'));
  });
});
