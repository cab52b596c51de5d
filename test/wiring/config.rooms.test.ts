import { describe, expect, it } from 'vitest';
import { readRoomConfig } from '../../lib/wiring/config.ts';
import { createEnvironmentReader } from '../../lib/wiring/environment.ts';

const dynamoDbUrl = 'https://dynamodb.eu-west-1.amazonaws.com';

function read(environment: Record<string, string>) {
  const endpoint = { AWS_ENDPOINT_URL_DYNAMODB: dynamoDbUrl };
  const reader = createEnvironmentReader({ ...endpoint, ...environment });
  return { config: readRoomConfig(reader), problems: reader.problems };
}

describe('readRoomConfig', () => {
  it('requires only the table and its endpoint', () => {
    expect(read({ ROOMS_TABLE: 'Rooms' })).toEqual({
      config: {
        roomsTable: 'Rooms',
        openRooms: false,
        roomTtlSeconds: undefined,
        roomCacheSeconds: 60,
        sampleRoutes: false,
        inviteResults: false,
        liveRooms: false,
        dynamoDbUrl,
      },
      problems: [],
    });
  });

  it('reads every variable', () => {
    const { config, problems } = read({
      ROOMS_TABLE: 'arn:aws:dynamodb:eu-west-1:123456789012:table/Rooms',
      OPEN_ROOMS: 'true',
      ROOM_TTL_DAYS: '7',
      ROOM_CACHE_SECONDS: '0',
      SAMPLE_ROUTES: 'true',
      INVITE_RESULTS: 'true',
      LIVE_ROOMS: 'true',
      AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:8000/',
    });
    expect(problems).toEqual([]);
    expect(config).toEqual({
      roomsTable: 'arn:aws:dynamodb:eu-west-1:123456789012:table/Rooms',
      openRooms: true,
      roomTtlSeconds: 604_800,
      roomCacheSeconds: 0,
      sampleRoutes: true,
      inviteResults: true,
      liveRooms: true,
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
    ['INVITE_RESULTS', 'yes'],
    ['LIVE_ROOMS', 'yes'],
    ['AWS_ENDPOINT_URL_DYNAMODB', 'localhost:8000'],
    ['AWS_ENDPOINT_URL_DYNAMODB', ''],
  ])('refuses %s=%j by name', (name, value) => {
    const { problems } = read({ ROOMS_TABLE: 'Rooms', [name]: value });
    expect(problems).toEqual([expect.stringMatching(`^${name} must be `)]);
  });
});
