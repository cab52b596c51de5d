/** A function with rooms, driven as Lambda does, with its own table over real sockets. */
import { type DynamoDb, startDynamoDb } from '../../stand-ins/dynamodb.ts';
import { type EventBridge, startEventBridge } from '../../stand-ins/event-bridge.ts';
import { assertResultDocumented } from '../support/documented.ts';
import {
  loadBeside,
  type RunningFunction,
  type StartOptions,
  startFunction,
} from '../support/drive.ts';
import {
  isOfHosts,
  type RoomAnswer,
  type RoomCall,
  readRoomAnswer,
  roomEvent,
} from './room-events.ts';

export const TABLE = 'Rooms';
/** What the deployed function gives an invocation. */
const TIMEOUT_MS = 10_000;

export interface RunningRooms extends RunningFunction {
  readonly dynamoDb: DynamoDb;
  readonly eventBridge: EventBridge;
  /** Asks over HTTP, the function that the route leads to. */
  ask(call: RoomCall | string): Promise<RoomAnswer>;
  /** The items of the table. */
  items(): Promise<Record<string, Record<string, string>>[]>;
  /** The log's lines about invocations. */
  records(): Record<string, unknown>[];
}

export async function startRooms(
  name: 'joinRoom' | 'joinAsGuest' | 'manageRoom' | 'openRoom',
  { environment = {}, ...options }: StartOptions = {},
): Promise<RunningRooms> {
  const dynamoDb = await startDynamoDb({ tables: [TABLE] });
  const eventBridge = await startEventBridge();
  const running = await startFunction(name, {
    ...options,
    environment: {
      ROOMS_TABLE: TABLE,
      AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.url,
      AWS_ENDPOINT_URL_EVENTBRIDGE: eventBridge.url,
      EVENT_BUS_NAME: 'results',
      ...environment,
    },
  });
  let manageRoom: RunningFunction['invoke'] | undefined;
  const invoke: RunningRooms['invoke'] = async (event, context) => {
    const endMs = performance.now() + TIMEOUT_MS;
    const getRemainingTimeInMillis = () => Math.floor(endMs - performance.now());
    if (name === 'joinRoom' && isOfHosts(event)) manageRoom ??= await loadBeside('manageRoom');
    const serve = isOfHosts(event) && manageRoom ? manageRoom : running.invoke;
    const answering = serve(event, { getRemainingTimeInMillis, ...context });
    return answering.finally(() => eventBridge.events.forEach(assertResultDocumented));
  };
  return {
    ...running,
    dynamoDb,
    eventBridge,
    invoke,
    ask: async (call) => readRoomAnswer(await invoke(roomEvent(call))),
    items: async () => {
      const { Items } = await dynamoDb.ask('Scan', { TableName: TABLE });
      return Items as Record<string, Record<string, string>>[];
    },
    records: () =>
      running.logged.map((line) => JSON.parse(line)).filter((record) => 'durationMs' in record),
    close: async () => {
      await running.close();
      await Promise.all([dynamoDb.close(), eventBridge.close()]);
    },
  };
}
