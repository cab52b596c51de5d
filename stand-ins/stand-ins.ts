/**
 * All stand-ins that the functions talk to on one machine, started and ended together.
 */
import { localAwsEnvironment } from './aws-environment.ts';
import { startDynamoDb } from './dynamodb.ts';
import { startEventBridge } from './event-bridge.ts';
import { startPlatform } from './platform.ts';
import type { Project } from './platform-auth.ts';
import { startSecretsManager } from './secrets-manager.ts';

/** How deploy/plugins/local-run.js names the table that serverless.yml makes. */
const roomsTable = 'RoomsTable';

export interface StandIns {
  /** What makes the functions' AWS clients talk to the stand-ins and to nothing else. */
  readonly environment: Readonly<Record<string, string>>;
  /** Base URL of the platform's stand-in; `undefined` when the real platform is used. */
  readonly platformUrl: string | undefined;
  /** Ends all of them. May be called twice. */
  close(): Promise<void>;
}

export interface StandInsOptions {
  readonly secretId: string;
  /** The project whose credentials the secret holds. */
  readonly project: Project;
  /** Leaves the platform's stand-in out. Default false. */
  readonly usesRealPlatform?: boolean;
}

export async function startStandIns({
  secretId,
  project,
  usesRealPlatform = false,
}: StandInsOptions): Promise<StandIns> {
  const [secretsManager, eventBridge, dynamoDb, platform] = await Promise.all([
    startSecretsManager({ secrets: { [secretId]: JSON.stringify(project) } }),
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
    close: async () => {
      const all = [secretsManager, eventBridge, dynamoDb, platform];
      await Promise.all(all.map((standIn) => standIn?.close()));
    },
  };
}
