import { describe, expect, it } from 'vitest';
import { createEnvironmentReader } from '../../lib/wiring/environment.ts';
import { readRoomConfig } from '../../lib/wiring/room-config.ts';

const dynamoDbUrl = 'https://dynamodb.eu-west-1.amazonaws.com';

function read(environment: Record<string, string>) {
  const endpoint = { AWS_ENDPOINT_URL_DYNAMODB: dynamoDbUrl };
  const reader = createEnvironmentReader({ ...endpoint, ...environment });
  return { config: readRoomConfig(reader), problems: reader.problems };
}

describe('the configuration of rooms', () => {
  it('needs no more than the table and where it is', () => {
    expect(read({ ROOMS_TABLE: 'Rooms' })).toEqual({
      config: {
        roomsTable: 'Rooms',
        openRooms: false,
        roomTtlSeconds: undefined,
        roomCacheSeconds: 60,
        sampleRoutes: false,
        dynamoDbUrl,
      },
      problems: [],
    });
  });

  it('reads all of it', () => {
    const { config, problems } = read({
      ROOMS_TABLE: 'arn:aws:dynamodb:eu-west-1:123456789012:table/Rooms',
      OPEN_ROOMS: 'true',
      ROOM_TTL_DAYS: '7',
      ROOM_CACHE_SECONDS: '0',
      SAMPLE_ROUTES: 'true',
      AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:8000/',
    });
    expect(problems).toEqual([]);
    expect(config).toEqual({
      roomsTable: 'arn:aws:dynamodb:eu-west-1:123456789012:table/Rooms',
      openRooms: true,
      roomTtlSeconds: 604_800,
      roomCacheSeconds: 0,
      sampleRoutes: true,
      dynamoDbUrl: 'http://127.0.0.1:8000',
    });
  });

  it.each([
    ['ROOMS_TABLE', ''],
    ['OPEN_ROOMS', 'yes'],
    ['OPEN_ROOMS', 'TRUE'],
    ['ROOM_TTL_DAYS', '0'],
    ['ROOM_TTL_DAYS', '1.5'],
    ['ROOM_TTL_DAYS', '3651'],
    ['ROOM_CACHE_SECONDS', '-1'],
    ['ROOM_CACHE_SECONDS', '86401'],
    ['SAMPLE_ROUTES', '1'],
    ['AWS_ENDPOINT_URL_DYNAMODB', 'localhost:8000'],
    ['AWS_ENDPOINT_URL_DYNAMODB', ''],
  ])('refuses %s=%j by name', (name, value) => {
    const { problems } = read({ ROOMS_TABLE: 'Rooms', [name]: value });
    expect(problems).toEqual([expect.stringMatching(`^${name} must be `)]);
  });
});
