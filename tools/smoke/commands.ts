/**
 * The serverless commands that a newcomer tries, in a copy of the project, without an AWS account:
 * `invoke local` for every function, and `offline`.
 */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { copyService, runServerless } from '../package-service.ts';

const invocations = [
  ['createSession', 'create-session.http-api', '"statusCode": 201'],
  ['issueToken', 'issue-token.http-api', '"statusCode": 201'],
  ['joinRoom', 'join-room.http-api', '"statusCode": 201'],
  // Nobody has invited anybody yet.
  ['joinAsGuest', 'join-as-guest.http-api', '"statusCode": 404'],
  ['manageRoom', 'manage-room.direct', '"admission": "closed"'],
  ['openRoom', 'open-room.sqs', '"batchItemFailures": []'],
] as const;

export async function checkCommands(): Promise<void> {
  const service = await copyService();
  const run = (...args: string[]) =>
    runServerless({
      folder: service.folder,
      args,
      environment: { AWS_EC2_METADATA_DISABLED: 'true' },
    });
  try {
    for (const [name, eventFile, expected] of invocations) {
      const file = fileURLToPath(new URL(`../../test/events/${eventFile}.json`, import.meta.url));
      const { exitCode, output } = await run('invoke', 'local', '-f', name, '--path', file);
      assert.equal(exitCode, 0, output);
      assert.ok(output.includes(expected), output);
      console.log(`Smoke run passed: serverless invoke local -f ${name}`);
    }
    const offline = await run('offline');
    assert.equal(offline.exitCode, 1);
    assert.match(offline.output, /`npm start`/);
    assert.doesNotMatch(offline.output, /^\s+at /m);
    console.log('Smoke run passed: serverless offline');
  } finally {
    await service.remove();
  }
}
