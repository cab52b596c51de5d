/**
 * Starts and closes all stand-ins that the functions call on one machine.
 */
import { localAwsEnvironment } from './aws-environment.ts';
import { startDynamoDb } from './dynamodb.ts';
import { startEventBridge } from './event-bridge.ts';
import { type StandInClients, startPlatform } from './platform.ts';
import type { Project } from './platform-auth.ts';
import { startSecretsManager } from './secrets-manager.ts';

/** Name of the table of serverless.yml: its logical id. */
const roomsTable = 'RoomsTable';

export interface StandIns {
  /** Makes the functions' AWS clients call the stand-ins and nothing else. */
  readonly environment: Readonly<Record<string, string>>;
  /** Base URL of the platform's stand-in; `undefined` when the real platform is used. */
  readonly platformUrl: string | undefined;
  /** Clients of the platform's stand-in; `undefined` when the real platform is used. */
  readonly clients: StandInClients | undefined;
  /** Makes the platform's stand-in, if there is one, send callbacks to this URL. */
  sendCallbacksTo(url: string): void;
  /** Closes all of them. May be called twice. */
  close(): Promise<void>;
}

export interface StandInsOptions {
  readonly secretId: string;
  /** The project with the credentials that the secret holds. */
  readonly project: Project;
  /** Signs the callbacks of the platform's stand-in, and is added to the secret. Default none. */
  readonly callbackSecret?: string | undefined;
  /** Omits the stand-in of the platform. Default false. */
  readonly usesRealPlatform?: boolean;
}

export async function startStandIns({
  secretId,
  project,
  callbackSecret,
  usesRealPlatform = false,
}: StandInsOptions): Promise<StandIns> {
  const secret = { ...project, ...(callbackSecret && { callbackSecrets: [callbackSecret] }) };
  const [secretsManager, eventBridge, dynamoDb, platform] = await Promise.all([
    startSecretsManager({ secrets: { [secretId]: JSON.stringify(secret) } }),
    startEventBridge(),
    startDynamoDb({ tables: [roomsTable] }),
    usesRealPlatform ? undefined : startPlatform({ projects: [project] }),
  ]);
  return {
    environment: localAwsEnvironment({
      secretsManager: secretsManager.url,
      eventBridge: eventBridge.url,
      dynamoDb: dynamoDb.url,
    }),
    platformUrl: platform?.url,
    clients: platform,
    sendCallbacksTo: (url) => {
      if (callbackSecret) platform?.sendCallbacks({ url, secret: callbackSecret });
    },
    close: async () => {
      const all = [secretsManager, eventBridge, dynamoDb, platform];
      await Promise.all(all.map((standIn) => standIn?.close()));
    },
  };
}
