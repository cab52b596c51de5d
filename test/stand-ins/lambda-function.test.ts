import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LambdaError, startLambdaFunction } from '../../stand-ins/lambda-function.ts';
import { closedAfterEach } from '../support/closed-after-each.ts';

const MODULE = `
  let count = 0;
  const deeds = {
    count: () => ({ count: ++count, home: process.env.HOME ?? null, given: process.env.GIVEN,
      compileCache: process.env.NODE_COMPILE_CACHE }),
    fail: () => { throw Object.assign(new Error('told'), { name: 'ToldError' }); },
    hang: () => new Promise(() => {}),
    crash: () => new Promise(() => setTimeout(() => { throw new Error('crashed'); })),
    time: (context) => ({ left: context.getRemainingTimeInMillis(), id: context.awsRequestId }),
    log: () => { console.error('a line'); return {}; },
  };
  export const handler = async ({ deed }, context) => deeds[deed](context);
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lambda-function-'));
  await writeFile(join(folder, 'function.mjs'), MODULE);
});
afterAll(() => rm(folder, { recursive: true }));

const open = closedAfterEach(startLambdaFunction);

async function start() {
  const logged: string[] = [];
  const file = join(folder, 'function.mjs');
  const running = await open({
    ...{ file, environment: { GIVEN: 'yes' }, compileCache: join(folder, 'compiled') },
    onLog: (line) => logged.push(line),
  });
  const invoke = (deed: string, timeoutMs = 10_000) =>
    running.invoke({ deed }, { requestId: 'request-1', timeoutMs });
  return { invoke, logged };
}

describe('a function', () => {
  it('sees the environment that it was given, and no other', async () => {
    const { invoke } = await start();
    expect(await invoke('count')).toEqual({ count: 1, home: null, given: 'yes' });
    expect(await invoke('count')).toMatchObject({ count: 2 });
  });

  it('receives its request id and the remaining time', async () => {
    const { invoke } = await start();
    const { left, id } = await invoke('time', 5_000);
    expect(id).toBe('request-1');
    expect(left).toBeGreaterThan(3_000);
    expect(left).toBeLessThanOrEqual(5_000);
  });

  it('fails with the name of what it throws', async () => {
    const { invoke } = await start();
    const error = await invoke('fail').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(LambdaError);
    expect(error).toMatchObject({ name: 'ToldError', message: 'told' });
  });

  it('has its lines passed on', async () => {
    const { invoke, logged } = await start();
    await invoke('log');
    expect(logged).toEqual(['a line']);
  });

  it.each([
    ['outlives its deadline', 'hang', 'The deadline has passed.'],
    ['crashes', 'crash', 'crashed'],
  ])('that %s takes all its invocations along, and is replaced', async (_what, deed, message) => {
    const { invoke } = await start();
    expect(await invoke('count')).toMatchObject({ count: 1 });
    const beside = invoke('hang').catch((error: Error) => error.message);
    await expect(invoke(deed, 300)).rejects.toThrow(message);
    expect(await beside).toMatch(/crashed|The container has ended\./);
    expect(await invoke('count')).toMatchObject({ count: 1 });
  });

  it('that cannot be loaded says why', async () => {
    const file = join(folder, 'missing.mjs');
    const starting = open({ file, environment: {}, onLog: () => undefined });
    await expect(starting).rejects.toThrow(/missing\.mjs/);
  });
});
