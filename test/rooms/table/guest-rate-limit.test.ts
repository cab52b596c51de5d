import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createGuestRateLimit,
  type GuestRateLimit,
  toRetryAfterSeconds,
} from '../../../lib/rooms/table/guest-rate-limit.ts';
import { createRoomsTable } from '../../../lib/rooms/table/rooms-table.ts';
import { type DynamoDb, dynamoFaults, startDynamoDb } from '../../../stand-ins/dynamodb.ts';
import { createPatientAws } from '../../support/local-aws.ts';

const ample = () => 10_000;
/** The first second of a minute. */
const MINUTE = 1_700_000_040;
const request = { clientKey: '203.0.113.7', nowSeconds: MINUTE };

let dynamoDb: DynamoDb;
let limit: GuestRateLimit;

beforeEach(async () => {
  dynamoDb = await startDynamoDb({ tables: ['Rooms'] });
  const table = createRoomsTable(createPatientAws(), { table: 'Rooms', endpoint: dynamoDb.url });
  limit = createGuestRateLimit(table, 3);
});
afterEach(() => dynamoDb.close());

describe('request limit per address', () => {
  it('allows the limit in each minute, and no request beyond it', async () => {
    for (const isCounted of [true, true, true, false]) {
      expect(await limit.count(request, ample)).toBe(isCounted);
    }
    const last = { ...request, nowSeconds: MINUTE + 59 };
    expect(await limit.count(last, ample)).toBe(false);
    const next = { ...request, nowSeconds: MINUTE + 60 };
    expect(await limit.count(next, ample)).toBe(true);
  });

  it('counts each address separately', async () => {
    for (let times = 0; times < 4; times += 1) await limit.count(request, ample);
    expect(await limit.count({ ...request, clientKey: '203.0.113.8' }, ample)).toBe(true);
  });

  it('allows exactly the limit under concurrent requests', async () => {
    const counted = await Promise.all(
      Array.from({ length: 40 }, () => limit.count(request, ample)),
    );
    expect(counted.filter(Boolean)).toHaveLength(3);
  });

  it('never allows more than the limit when responses are lost or throttled', async () => {
    dynamoDb.fail({ kind: 'truncated' }, { times: 2 });
    dynamoDb.fail(dynamoFaults.throttling, { times: 1 });
    const counted: boolean[] = [];
    for (let times = 0; times < 5; times += 1) counted.push(await limit.count(request, ample));
    expect(counted.filter(Boolean).length).toBeLessThanOrEqual(3);
  });

  it.each([
    [MINUTE, 60],
    [MINUTE + 1, 59],
    [MINUTE + 59, 1],
  ])(
    'advises a retry at the start of the next minute: at %i, in %i seconds',
    (nowSeconds, seconds) => {
      expect(toRetryAfterSeconds(nowSeconds)).toBe(seconds);
    },
  );

  it('expires a counter one minute after its own minute', async () => {
    await limit.count(request, ample);
    const { Items } = await dynamoDb.ask('Scan', { TableName: 'Rooms' });
    expect(Items).toMatchObject([{ expiresAt: { N: String(MINUTE + 120) } }]);
  });
});
