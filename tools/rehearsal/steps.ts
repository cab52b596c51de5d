/** What both rehearsals share: named steps, and the serverless command against an emulator. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Outcome, runServerless, type ServiceCopy } from '../package-service.ts';
import type { Emulator } from './emulators.ts';

export const stage = 'rehearsal';
export const stackName = `opentok-sessions-${stage}`;
export const secretId = `opentok-sessions/${stage}`;
export const project = { apiKey: '47665971', apiSecret: 'only-known-to-the-rehearsal' };

export type Params = Readonly<Record<string, string>>;

/** Runs `work` and prints its name and duration. */
export async function step(name: string, work: () => unknown): Promise<void> {
  const start = Date.now();
  await work();
  console.log(`ok ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
}

/** The serverless command in a copy of the service. */
export function useServerless(emulator: Emulator, { folder }: ServiceCopy) {
  const call = (command: string, params: Params = {}, options: readonly string[] = []) =>
    runServerless({
      folder,
      args: [...command.split(' '), '--stage', stage, ...options],
      params,
      // The default of five seconds between polls would triple the rehearsal's time.
      environment: { ...emulator.environment, SLS_AWS_MONITORING_FREQUENCY: '300' },
    });
  return {
    /** Runs a command that must exit with this code. */
    serverless: async (
      command: string,
      params?: Params,
      options?: readonly string[],
      exitCode = 0,
    ): Promise<Outcome> => {
      let outcome = { exitCode: 0, output: '' };
      await step(`serverless ${command}`, async () => {
        outcome = await call(command, params, options);
        assert.equal(outcome.exitCode, exitCode, outcome.output);
      });
      return outcome;
    },
    /** Runs a command that must stop with an error. Returns its output. */
    refused: async (command: string, params?: Params): Promise<string> => {
      let outcome = { exitCode: 0, output: '' };
      await step(`serverless ${command} is rejected`, async () => {
        outcome = await call(command, params);
        assert.equal(outcome.exitCode, 1, outcome.output);
      });
      return outcome.output;
    },
  };
}

/** The template names AWS's own endpoints; here, all of AWS is the emulator. */
export async function pointFunctionsAt({ url }: Emulator, { folder }: ServiceCopy): Promise<void> {
  const names = ['secretsManager', 'dynamoDb', 'eventBridge'];
  const lines = names.map((name) => `export const ${name} = '${url}';\n`);
  await writeFile(join(folder, 'deploy/resources/endpoints.js'), lines.join(''));
}
