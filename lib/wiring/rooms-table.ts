import type { EnvironmentReader } from './environment.ts';

/** Name or ARN of the table of rooms, which every function with rooms has to be told. */
export function readRoomsTable({ text, problems }: EnvironmentReader): string {
  const roomsTable = text('ROOMS_TABLE');
  if (!roomsTable) problems.push('ROOMS_TABLE must be the name or ARN of the table of rooms');
  return roomsTable ?? '';
}
