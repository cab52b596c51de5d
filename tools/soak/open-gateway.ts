/** Starts the gateway's process and asks it for what it has seen. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { PackagedFunctions } from './functions.ts';
import type { FromGateway, Measures } from './gateway.ts';

export interface Gateway {
  readonly url: string;
  measure(): Promise<Measures>;
  /** The same once every request has been answered, or when that takes too long. */
  settle(): Promise<Measures>;
  close(): Promise<void>;
}

/** Past the functions' own deadline. */
const SETTLE_MS = 15_000;

export async function openGateway(
  functions: PackagedFunctions,
  environment: Readonly<Record<string, string>>,
): Promise<Gateway> {
  const file = fileURLToPath(new URL('./gateway.ts', import.meta.url));
  const child = fork(file, [functions.createSession, functions.issueToken], {
    execArgv: ['--expose-gc'],
    env: { PATH: process.env['PATH'] ?? '', ...environment },
  });
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`The gateway ended with ${code}.`);
  });
  exited.catch(() => {});
  const hear = async (): Promise<FromGateway> =>
    (await Promise.race([once(child, 'message'), exited]))[0];

  const listening = await hear();
  if (!('port' in listening)) throw new Error('The gateway did not tell its port.');
  const measure = async (): Promise<Measures> => {
    const told = hear();
    child.send('measure');
    const message = await told;
    if (!('measures' in message)) throw new Error('The gateway told something else.');
    return message.measures;
  };
  return {
    url: `http://127.0.0.1:${listening.port}`,
    measure,
    settle: async () => {
      const endMs = performance.now() + SETTLE_MS;
      for (;;) {
        const measures = await measure();
        if (measures.received === measures.answered || performance.now() > endMs) return measures;
        await sleep(200);
      }
    },
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.disconnect();
      await once(child, 'exit');
    },
  };
}
