/**
 * What only the function of guests is configured with. Pure: the environment is an argument.
 */
import { readEndpoint } from './endpoint.ts';
import type { EnvironmentReader } from './environment.ts';
import { readRoomsTable } from './rooms-table.ts';

export interface GuestConfig {
  /** Name or ARN of the DynamoDB table. */
  readonly roomsTable: string;
  /** Endpoint of DynamoDB. */
  readonly dynamoDbUrl: string;
  /** How many requests an address has a minute. Default 30. */
  readonly guestRequestsPerMinute: number;
}

export function readGuestConfig(environment: EnvironmentReader): GuestConfig {
  return {
    roomsTable: readRoomsTable(environment),
    dynamoDbUrl: readEndpoint(environment, 'DYNAMODB'),
    guestRequestsPerMinute:
      environment.count('GUEST_REQUESTS_PER_MINUTE', 'requests', 1, 10_000) ?? 30,
  };
}
