/**
 * `serverless doctor`: one line per check, without secrets.
 */
import { generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, inject, it, vi } from 'vitest';
import { checkIssuer } from '../../deploy/doctor/issuer.ts';
import { toTerminalText } from '../../deploy/terminal-text.js';
import { parseCredentials } from '../../lib/credentials/credentials.ts';
import type { Fault } from '../../lib/domain/faults.ts';
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
/** The table as DynamoDB describes it. */
function describeTable(liveRooms: boolean, changes: object = {}): Operations {
  const { template, fullTemplate } = inject('packaged');
  const { Properties = {} } = (liveRooms ? fullTemplate : template).Resources['RoomsTable'] ?? {};
  const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes = [] } = Properties;
  const Table = {
    ...{ TableName: 'rooms-1', TableStatus: 'ACTIVE', KeySchema, AttributeDefinitions },
    GlobalSecondaryIndexes: GlobalSecondaryIndexes.map((index: object) => ({
      ...index,
      IndexStatus: 'ACTIVE',
    })),
    ...changes,
  };
  return { DescribeTable: () => ({ Table }) };
}
const well: Operations = {
  GetSecretValue: () => ({ SecretString: JSON.stringify(project) }),
  DescribeSecret: () => ({}),
  DescribeEventBus: ({ Name }) => ({ Name }),
  ...runningStack({}, { RoomsTableName: 'rooms-1' }),
  ...describeTable(false),
};
const refuse = (name: string, message: string) => () => {
  throw new AwsError(name, message);
};

/** Starts a provider of tokens: its discovery document and its keys. */
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
  it('prints one line per check', async () => {
    const { lines, said, platform } = await examine();
    expect(said).toBe('');
    expect(lines).toEqual([
      expect.stringMatching(/^ok +parameters +all are valid$/),
      expect.stringMatching(
        /^ok +secret +video\/prod in eu-west-1 belongs to the OpenTok project 12345678$/,
      ),
      expect.stringMatching(/^ok +platform +accepts the credentials/),
      expect.stringMatching(/^ok +table +rooms-1 is active, with its keys and indexes$/),
      expect.stringMatching(/^ok +bus +not needed/),
      expect.stringMatching(/^ok +topics +none given$/),
      expect.stringMatching(/^ok +issuer +none with auth=iam$/),
    ]);
    expect(platform.requests).toHaveLength(1);
  });

  describe('with liveRooms=true', () => {
    const values = { liveRooms: true, resultBus: 'default' };
    const withSecrets = (callbackSecrets: unknown) => ({
      GetSecretValue: () => ({ SecretString: JSON.stringify({ ...project, callbackSecrets }) }),
    });
    const stack = {
      ...describeTable(true),
      ...runningStack({}, { RoomsTableName: 'rooms-1', HttpApiUrl: 'https://video.example.com' }),
    };

    it('says when the last callback arrived', async () => {
      const GetItem = () => ({ Item: { at: { N: '1764000000000' } } });
      const { lines } = await examine({ ...withSecrets(['one']), ...stack, GetItem }, values);
      expect(lines.at(-1)).toMatch(
        /^ok +callbacks +the last one arrived at 2025-11-24T16:00:00\.000Z, at https:\/\/video\.example\.com\/callbacks$/,
      );
    });

    it('says what to set in the account portal if none has arrived', async () => {
      const GetItem = () => ({});
      const { lines } = await examine({ ...withSecrets(['one']), ...stack, GetItem }, values);
      expect(lines.at(-1)).toMatch(
        /^ok +callbacks +none has arrived yet: .*portal.*https:\/\/video\.example\.com\/callbacks/,
      );
    });

    it.each([
      ['no callbackSecrets', undefined, /callbackSecrets is missing/],
      ['three callbackSecrets', ['one', 'two', 'three'], /callbackSecrets must be an array/],
    ])('fails with %s', async (_what, secrets, reason) => {
      const { failed, said } = await examine({ ...withSecrets(secrets), ...stack }, values);
      expect(failed).toEqual([expect.stringMatching(/^FAIL +callbacks /)]);
      expect(failed[0]).toMatch(reason);
      expect(said).not.toBe('');
    });
  });

  it('accepts the secret of a Vonage application', async () => {
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
    ['a secret that is not JSON', text('apiSecret=x7'), {}, /secret .*it is not JSON/],
    [
      'a secret without the API secret',
      text('{"apiKey":"1"}'),
      {},
      /secret .*apiSecret is missing/,
    ],
    ['a secret with a blank in it', text('{"apiKey":"1","apiSecret":"x7 "}'), {}, /white space/],
    [
      'a secret of bytes',
      { GetSecretValue: () => ({ SecretBinary: 'eDc=' }) },
      {},
      /holds no text/,
    ],
    [
      'a missing secret',
      { GetSecretValue: refuse('ResourceNotFoundException', 'no such secret') },
      {},
      /secret .*no such secret/,
    ],
    [
      'a secret under a key that the functions may not use',
      { DescribeSecret: () => ({ KmsKeyId: 'arn:aws:kms:eu-west-1:123456789012:key/1' }) },
      {},
      /secret .*set secretKeyArn to that key/,
    ],
    [
      'credentials that the platform rejects',
      text('{"apiKey":"12345678","apiSecret":"x7-old"}'),
      {},
      /platform .*status 403/,
    ],
    [
      'a missing stack',
      noStack,
      {},
      /table .*stack opentok-sessions-prod does not exist in eu-west-1/,
    ],
    [
      'a missing table',
      { DescribeTable: refuse('ResourceNotFoundException', 'no such table') },
      {},
      /table .*no such table/,
    ],
    [
      'a table that is being created',
      describeTable(false, { TableStatus: 'CREATING' }),
      {},
      /table .*rooms-1 is CREATING/,
    ],
    [
      'a table without an index',
      describeTable(false, { GlobalSecondaryIndexes: [] }),
      {},
      /table .*rooms-1 has no index rooms, .*aws dynamodb update-table/,
    ],
    [
      'a missing bus',
      { DescribeEventBus: refuse('ResourceNotFoundException', 'no such bus') },
      { queueTrigger: true, resultBus: 'results' },
      /bus .*no such bus/,
    ],
    [
      'a topic in another region',
      {},
      { alarmTopicArn: 'arn:aws:sns:us-east-1:123456789012:alarms' },
      /topics .*alarms must be in eu-west-1/,
    ],
    [
      'a topic of tickets in another region',
      {},
      { ticketTopicArn: 'arn:aws:sns:us-east-1:123456789012:tickets' },
      /topics .*tickets must be in eu-west-1/,
    ],
  ])('reports %s, and fails', async (_, operations, values, line) => {
    const { lines, failed, said } = await examine(operations, values);
    expect(failed.join('\n')).toMatch(line);
    expect(said).toMatch(/^\d of 7 checks failed\.$/);
    expect(lines).toHaveLength(7);
    expect(lines.join('\n')).not.toMatch(/x7|only-known/);
  });

  const pem = generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
  const vonage = (privateKey: unknown) =>
    JSON.stringify({ applicationId: '00000000-0000-4000-8000-000000000000', privateKey });
  it.each([
    ['no JSON', 'apiKey=1'],
    ['JSON in quotes', JSON.stringify(JSON.stringify(project))],
    ['a byte order mark', `\ufeff${JSON.stringify(project)}`],
    ['a number', '{"apiKey":12345678,"apiSecret":"x7"}'],
    ['an invisible character', '{"apiKey":"12345678","apiSecret":"x7\u200b"}'],
    ['a key in quotes', vonage(`"${pem}"`)],
    ['base64 of a key', vonage(Buffer.from(pem).toString('base64'))],
    ['the path of a key', vonage('./private.key')],
    ['a JWK', vonage({ kty: 'RSA' })],
  ])('reports a secret with %s as the functions do', async (_, SecretString) => {
    const { lines } = await examine(text(SecretString));
    const reason = await parseCredentials(SecretString).then(
      () => undefined,
      (fault: Fault) => fault.reason,
    );
    const line = lines.find((each) => each.includes('secret')) ?? '';
    if (reason === undefined) expect(line).toMatch(/^ok /);
    else expect(line.replace(/^FAIL +secret +/, '')).toBe(toTerminalText(reason));
    expect(line).not.toMatch(/x7|only-known|MII/);
  });

  it('checks the buses of the triggers that are on, each once', async () => {
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

describe('checkIssuer', () => {
  const check = (issuer: string) => checkIssuer(issuer, AbortSignal.timeout(5000));
  const rsa = { kty: 'RSA', kid: '1' };

  it('accepts a provider with a document and an RSA signing key', async () => {
    const { url } = await start.provider();
    await expect(check(url)).resolves.toContain('1 RSA signing key(s)');
  });

  it('compares the issuer exactly, including a slash at its end', async () => {
    const { url } = await start.provider();
    await expect(check(`${url}/`)).rejects.toThrow('Give exactly that');
    const slashed = await start.provider({ end: '/' });
    await expect(check(`${slashed.url}/`)).resolves.toContain('1 RSA signing key(s)');
  });

  it.each([
    ['no optional members', rsa, true],
    ['use sig and RS256', { ...rsa, use: 'sig', alg: 'RS256' }, true],
    ['RS512', { ...rsa, alg: 'RS512' }, true],
    ['key_ops verify', { ...rsa, key_ops: ['verify'] }, true],
    ['no kid', { kty: 'RSA' }, false],
    ['an empty kid', { ...rsa, kid: '' }, false],
    ['a kid that is a number', { ...rsa, kid: 1 }, false],
    ['use enc', { ...rsa, use: 'enc' }, false],
    ['RSA-OAEP', { ...rsa, alg: 'RSA-OAEP' }, false],
    ['key_ops encrypt', { ...rsa, key_ops: ['encrypt'] }, false],
    ['an elliptic curve', { kty: 'EC', kid: '1', alg: 'ES256' }, false],
    ['an Edwards curve', { kty: 'OKP', kid: '1', alg: 'EdDSA' }, false],
  ])('counts a key with %s: %j %s', async (_, key, isUsable) => {
    const { url } = await start.provider({ keys: [key] });
    if (isUsable) await expect(check(url)).resolves.toContain('1 RSA signing key(s)');
    else await expect(check(url)).rejects.toThrow(/none of the 1 key\(s\).*sign with RS256/);
  });

  it.each([
    ['null', [null]],
    ['text', ['key']],
    ['nothing', []],
  ])('rejects keys that are %s', async (_, keys) => {
    const { url } = await start.provider({ keys: keys as unknown as object[] });
    await expect(check(url)).rejects.toThrow('can be used');
  });

  it.each([
    [
      'of another issuer',
      { issuer: 'https://other.example.com' },
      /names the issuer "https:\/\/other.*Give exactly that/,
    ],
    [
      'for several tenants',
      { issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0' },
      /for several tenants.*Name one tenant by its id/,
    ],
    ['that is missing', { status: 404 }, /openid-configuration returned status 404/],
  ])('rejects a document %s', async (_, options, message) => {
    const { url } = await start.provider(options);
    const said = await check(url).catch(({ message }) => message);
    expect(said).toMatch(message);
    if (said.includes('tenants')) expect(said).not.toContain('Give exactly');
  });

  it.each(['common', 'organizations'])(
    'asks for one tenant instead of Microsoft Entra %s, without a request',
    async (tenants) => {
      await expect(check(`https://login.microsoftonline.com/${tenants}/v2.0`)).rejects.toThrow(
        'Name one tenant by its id',
      );
    },
  );

  it('rejects a document that is too large', async () => {
    const { url } = await start.provider({ keys: [{ ...rsa, x5c: ['x'.repeat(300_000)] }] });
    await expect(check(url)).rejects.toThrow('returned more than');
  });

  it('names the reason that a provider cannot be reached', async () => {
    const { url, close } = await start.provider();
    await close();
    await expect(check(url)).rejects.toThrow(/cannot be reached: ECONNREFUSED/);
  });

  it('prints no control characters of the provider', async () => {
    const { url } = await start.provider({ issuer: 'https://x.example.com/\u001b[2J\u009b\u202e' });
    const { lines } = await examine({}, { auth: 'jwt', issuer: url });
    const line = lines.find((each) => each.includes('issuer')) ?? '';
    expect(line).toContain('https://x.example.com/');
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe('npx serverless', () => {
  it("runs this project's command, with its own doctor", async () => {
    const command = new URL('../../node_modules/.bin/serverless', import.meta.url);
    const source = new URL('../../deploy/cli/serverless.js', import.meta.url);
    expect(await readFile(command, 'utf8')).toBe(await readFile(source, 'utf8'));
  });
});
