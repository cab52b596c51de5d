import { describe, expect, it } from 'vitest';
import { readGuestConfig } from '../../lib/wiring/config.ts';
import { createEnvironmentReader } from '../../lib/wiring/environment.ts';

const dynamoDbUrl = 'https://dynamodb.eu-west-1.amazonaws.com';

function read(environment: Record<string, string>) {
  const needed = { ROOMS_TABLE: 'Rooms', AWS_ENDPOINT_URL_DYNAMODB: dynamoDbUrl };
  const reader = createEnvironmentReader({ ...needed, ...environment });
  return { config: readGuestConfig(reader), problems: reader.problems };
}

describe('readGuestConfig', () => {
  it.each([
    [{}, 30],
    [{ GUEST_REQUESTS_PER_MINUTE: '' }, 30],
    [{ GUEST_REQUESTS_PER_MINUTE: '1' }, 1],
    [{ GUEST_REQUESTS_PER_MINUTE: '10000' }, 10_000],
  ])('reads %j as %i requests per minute', (environment, guestRequestsPerMinute) => {
    expect(read(environment)).toEqual({
      config: { roomsTable: 'Rooms', dynamoDbUrl, guestRequestsPerMinute },
      problems: [],
    });
  });

  it.each([
    ['GUEST_REQUESTS_PER_MINUTE', '0'],
    ['GUEST_REQUESTS_PER_MINUTE', '10001'],
    ['GUEST_REQUESTS_PER_MINUTE', '2.5'],
    ['GUEST_REQUESTS_PER_MINUTE', 'none'],
    ['ROOMS_TABLE', ''],
    ['AWS_ENDPOINT_URL_DYNAMODB', ''],
  ])('reports %s=%j by name', (name, value) => {
    expect(read({ [name]: value }).problems).toEqual([expect.stringMatching(`^${name} must be `)]);
  });
});
