/**
 * The serverless commands that a newcomer tries, in a copy of the project: `invoke local` for every
 * function, and for each kind of event, without an AWS account; what it says of a failing function and
 * with credentials.
 */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import {
  copyService,
  packageService,
  runServerless,
  type ServiceCopy,
} from '../package-service.ts';

const invocations = [
  ['createSession', 'create-session.http-api', '"statusCode": 201'],
  ['createSession', 'create-session.direct', '"sessionId": "1_'],
  ['createSession', 'create-session.sqs', '"batchItemFailures": []'],
  ['issueToken', 'issue-token.http-api', '"statusCode": 201'],
  ['joinRoom', 'join-room.http-api', '"statusCode": 201'],
  ['joinRoom', 'join-room.direct', '"room": "standup"'],
  // There is no invite yet.
  ['joinAsGuest', 'join-as-guest.http-api', 'urn:opentok-sessions:invite-not-found-error'],
  ['manageRoom', 'manage-room.direct', '"admission": "closed"'],
  ['openRoom', 'open-room.direct', '"name": "class-7b"'],
  ['openRoom', 'open-room.sqs', '"batchItemFailures": []'],
  ['inspectToken', 'inspect-token.http-api', '"statusCode": 200'],
  ['describeApi', 'describe-api.http-api', '"statusCode": 200'],
] as const;

/** Two of the functions are there with it alone. */
const ALL_FUNCTIONS = { describe: 'true' };

const NO_ACCOUNT = { AWS_EC2_METADATA_DISABLED: 'true' };

interface Command {
  readonly args: readonly string[];
  readonly params?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly exitCode: number;
  /** What it prints, among other things. */
  readonly prints: readonly (string | RegExp)[];
  readonly printsNot?: RegExp;
}

const eventFile = (name: string) =>
  fileURLToPath(new URL(`../../test/events/${name}.json`, import.meta.url));

const commands: readonly Command[] = [
  ...invocations.map(([name, file, printed]) => ({
    args: ['invoke', 'local', '-f', name, '--path', eventFile(file)],
    params: ALL_FUNCTIONS,
    exitCode: 0,
    prints: ['There are no AWS credentials: using stand-ins.', printed],
  })),
  {
    args: ['invoke', 'local', '-f', 'issueToken', '--data', '{"sessionId":"none"}'],
    exitCode: 1,
    prints: ['The session id is malformed.'],
  },
  {
    // With credentials a resource is looked up in their account.
    args: ['invoke', 'local', '-f', 'joinRoom', '--path', eventFile('join-room.direct')],
    environment: {
      AWS_ACCESS_KEY_ID: 'none',
      AWS_SECRET_ACCESS_KEY: 'nothing',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_MAX_ATTEMPTS: '1',
    },
    exitCode: 1,
    prints: [/Could not resolve "ROOMS_TABLE".* ECONNREFUSED 127\.0\.0\.1:1/],
    printsNot: /using stand-ins/,
  },
];

export async function checkCommands(): Promise<void> {
  const service = await copyService();
  try {
    await checkEveryFunction(service);
    for (const command of commands) await check(service, command);
  } finally {
    await service.remove();
  }
}

async function checkEveryFunction(service: ServiceCopy): Promise<void> {
  const { template } = await packageService(service, ALL_FUNCTIONS);
  const deployed = Object.values(template.Resources)
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Properties }) => String(Properties['FunctionName']).split('-').at(-1));
  assert.deepEqual(
    [...new Set(invocations.map(([name]) => name))].toSorted(),
    deployed.toSorted(),
    'every function is invoked',
  );
}

async function check(
  { folder }: ServiceCopy,
  { args, params = {}, environment = NO_ACCOUNT, exitCode, prints, printsNot }: Command,
): Promise<void> {
  const result = await runServerless({ folder, args, params, environment });
  const { output } = result;
  assert.equal(result.exitCode, exitCode, output);
  for (const part of prints) {
    assert.ok(typeof part === 'string' ? output.includes(part) : part.test(output), output);
  }
  if (printsNot) assert.doesNotMatch(output, printsNot);
  const told = args.map((arg) => arg.split('/').at(-1)).join(' ');
  console.log(`Smoke run passed: serverless ${told}`);
}
