/** What a container has done before its first invocation, told by its stand-ins. */
import { describe, expect, it } from 'vitest';
import { startDynamoDb } from '../../stand-ins/dynamodb.ts';
import { closedAfterEach } from '../support/closed-after-each.ts';
import { type StartOptions, startFunction } from '../support/drive.ts';
import { httpApiEvent } from '../support/http-events.ts';

const start = closedAfterEach(startFunction);
const startTable = closedAfterEach(() => startDynamoDb({ tables: ['Rooms'] }));
const started = (type?: string): StartOptions => ({
  environment: { AWS_LAMBDA_INITIALIZATION_TYPE: type },
});

describe('a container that starts for a request that waits', () => {
  it('has a connection to the platform, which the first session is created on', async () => {
    const { platform, invoke } = await start('createSession', started('on-demand'));
    expect(platform.counts).toEqual({ requests: 0, connections: 1 });
    await invoke(httpApiEvent());
    expect(platform.counts).toEqual({ requests: 1, connections: 1 });
  });

  it.each(['joinRoom', 'openRoom'] as const)('has one to the table: %s', async (name) => {
    const table = await startTable();
    await start(name, {
      environment: {
        ...started('on-demand').environment,
        ROOMS_TABLE: 'Rooms',
        AWS_ENDPOINT_URL_DYNAMODB: table.url,
      },
    });
    expect(table.counts).toEqual({ requests: 0, connections: 1 });
  });

  it('starts if the platform is unavailable', async () => {
    const { invoke } = await start('createSession', {
      environment: {
        ...started('on-demand').environment,
        VIDEO_API_URL: 'http://127.0.0.1:9',
      },
    });
    expect(await invoke(httpApiEvent())).toMatchObject({ statusCode: 503 });
  });
});

describe('a container that starts ahead of any request', () => {
  it.each([undefined, 'provisioned-concurrency', 'snap-start'])(
    'opens no connection that would be dead by then: %s',
    async (type) => {
      const { platform, secretsManager } = await start('createSession', started(type));
      expect(platform.counts.connections).toBe(0);
      expect(secretsManager.counts.requests).toBe(1);
    },
  );
});
