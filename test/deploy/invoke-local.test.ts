/**
 * `serverless invoke local` with the event files of the repo, on a machine without an AWS account.
 */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyService, runServerless, type ServiceCopy } from '../../tools/package-service.ts';

let service: ServiceCopy;
beforeAll(async () => {
  service = await copyService();
});
afterAll(() => service.remove());

const eventFile = (name: string) =>
  fileURLToPath(new URL(`../events/${name}.json`, import.meta.url));

describe('without credentials the stand-ins answer', () => {
  it.each([
    ['issueToken', 'issue-token.http-api', '"statusCode": 201'],
    ['createSession', 'create-session.direct', '"sessionId": "1_'],
    ['createSession', 'create-session.sqs', '"batchItemFailures": []'],
  ])('%s, for %s.json', async (name, file, expected) => {
    const { exitCode, output } = await runServerless({
      folder: service.folder,
      args: ['invoke', 'local', '-f', name, '--path', eventFile(file)],
      environment: { AWS_EC2_METADATA_DISABLED: 'true' },
    });
    expect(output).toContain('No AWS credentials: stand-ins answer.');
    expect(output).toContain(expected);
    expect(exitCode).toBe(0);
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
