/**
 * `serverless invoke local` with the event files of the repo, on a machine without an AWS account.
 */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { copyService, runServerless, type ServiceCopy } from '../../tools/package-service.ts';

// A command takes seconds, of which a busy machine makes many.
vi.setConfig({ testTimeout: 120_000 });

let service: ServiceCopy;
beforeAll(async () => {
  service = await copyService();
});
afterAll(() => service.remove());

const eventFile = (name: string) =>
  fileURLToPath(new URL(`../events/${name}.json`, import.meta.url));

const invocations: [name: string, file: string, expected: string][] = [
  ['issueToken', 'issue-token.http-api', '"statusCode": 201'],
  ['createSession', 'create-session.direct', '"sessionId": "1_'],
  ['createSession', 'create-session.sqs', '"batchItemFailures": []'],
  ['joinRoom', 'join-room.http-api', '"statusCode": 201'],
  ['joinRoom', 'join-room.direct', '"room": "standup"'],
  // Nobody has invited anybody yet.
  ['joinAsGuest', 'join-as-guest.http-api', 'urn:opentok-sessions:invite-not-found-error'],
  ['manageRoom', 'manage-room.direct', '"admission": "closed"'],
  ['openRoom', 'open-room.direct', '"name": "class-7b"'],
  ['openRoom', 'open-room.sqs', '"batchItemFailures": []'],
];

describe('without credentials the stand-ins answer', () => {
  it.each(invocations)('%s, for %s.json', async (name, file, expected) => {
    const { exitCode, output } = await runServerless({
      folder: service.folder,
      args: ['invoke', 'local', '-f', name, '--path', eventFile(file)],
      environment: { AWS_EC2_METADATA_DISABLED: 'true' },
    });
    expect(output).toContain('No AWS credentials: stand-ins answer.');
    expect(output).toContain(expected);
    expect(exitCode).toBe(0);
  });

  it('for every function', () => {
    expect(Object.keys(inject('packaged').functions).toSorted()).toEqual(
      [...new Set(invocations.map(([name]) => name))].toSorted(),
    );
  });

  it('also a function that throws, and the command ends', async () => {
    const { exitCode, output } = await runServerless({
      folder: service.folder,
      args: ['invoke', 'local', '-f', 'issueToken', '--data', '{"sessionId":"none"}'],
      environment: { AWS_EC2_METADATA_DISABLED: 'true' },
    });
    expect(output).toContain('This project has no session of that id.');
    expect(exitCode).toBe(1);
  });
});

describe('with credentials', () => {
  it('a resource is looked up in the account', async () => {
    const { exitCode, output } = await runServerless({
      folder: service.folder,
      args: ['invoke', 'local', '-f', 'joinRoom', '--path', eventFile('join-room.direct')],
      environment: {
        AWS_ACCESS_KEY_ID: 'nobody',
        AWS_SECRET_ACCESS_KEY: 'nothing',
        AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
        AWS_MAX_ATTEMPTS: '1',
      },
    });
    expect(output).toMatch(/Could not resolve "ROOMS_TABLE".* ECONNREFUSED 127\.0\.0\.1:1/);
    expect(output).not.toContain('stand-ins answer');
    expect(exitCode).toBe(1);
  });
});

describe('serverless offline', () => {
  it.each([[['offline']], [['offline', 'start', '--httpPort', '4000']]])(
    'names npm start, and no more: %s',
    async (args) => {
      const { exitCode, output } = await runServerless({ folder: service.folder, args });
      expect(output).toMatch(/Error:\n`npm start` runs the whole API on this machine; .*\.\n/);
      expect(output).not.toMatch(/^\s+at /m);
      expect(exitCode).toBe(1);
    },
  );
});
