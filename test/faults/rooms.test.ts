import { describe } from 'vitest';
import { mintSessionId } from '../../stand-ins/session-id.ts';
import { startRooms, TABLE } from '../rooms/start-rooms.ts';
import type { StartOptions } from '../support/drive.ts';
import { type FaultyFunction, type Running, testFaults } from './fault-case.ts';
import { FOREIGN_PROJECT, FOREIGN_ROOM, movedCases } from './room-cases.ts';

async function startBesideForeignRoom(
  name: FaultyFunction,
  options: StartOptions | undefined,
): Promise<Running> {
  if (name !== 'joinRoom') throw new Error(`${name} has no rooms.`);
  const rooms = await startRooms(name, options);
  const projectId = FOREIGN_PROJECT.apiKey;
  await rooms.dynamoDb.ask('PutItem', {
    TableName: TABLE,
    Item: {
      room: { S: FOREIGN_ROOM },
      item: { S: 'room' },
      sessionId: { S: mintSessionId({ projectId }) },
      projectId: { S: projectId },
      options: { S: '{}' },
      createdAt: { N: '1600000000' },
    },
  });
  return rooms;
}

describe('a room of another project', () => testFaults(movedCases, startBesideForeignRoom));
