/**
 * Runs a plugin of the serverless command without the command: with a stand-in for the parts of osls that
 * this project's plugins use, and AWS over a real socket.
 */
import type { Resource } from '../../tools/package-service.ts';
import type { FakeAws, Operations } from './fake-aws.ts';

interface TemplateLike {
  readonly Resources?: Readonly<Record<string, Resource>>;
}

export interface PluginOptions {
  readonly aws: FakeAws;
  /** As deploy/parameters.js returns them. */
  readonly parameters?: {
    readonly values?: object;
    readonly recorded?: object;
    readonly faults?: readonly string[];
  };
  /** The compiled template. */
  readonly next?: TemplateLike;
  /** The command, for example `deploy list`. */
  readonly command?: string;
  /** `provider.environment`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Stand-ins for plugins of osls. */
  readonly plugins?: readonly object[];
  /** Options of the command. */
  readonly options?: object;
  /** Path of the packaged code of every function. */
  readonly artifact?: string;
}

export interface DrivenPlugin {
  /** Runs the plugin's hook for a lifecycle event. */
  readonly run: (hook: string) => Promise<void>;
  /** The lifecycle events that it hooks into. */
  readonly hooks: readonly string[];
  /** The lines that it logged. */
  readonly logged: readonly string[];
  /** The commands that it ran. */
  readonly spawned: readonly string[];
  /** `provider` of the service; plugins change it. */
  // biome-ignore lint/suspicious/noExplicitAny: its shape is defined by osls
  readonly service: any;
  // biome-ignore lint/suspicious/noExplicitAny: its shape is defined by osls
  readonly options: any;
}

export const stackName = 'opentok-sessions-prod';
export const region = 'eu-west-1';
export const accountOfCaller = '123456789012';
const functionNames = ['createSession', 'issueToken'];

export async function drivePlugin(
  name: string,
  {
    aws,
    parameters = {},
    next = {},
    command = '',
    environment = {},
    plugins = [],
    options = {},
    artifact,
  }: PluginOptions,
): Promise<DrivenPlugin> {
  const file = new URL(`../../deploy/plugins/${name}.js`, import.meta.url);
  const { default: Plugin } = await import(file.href);
  const logged: string[] = [];
  const spawned: string[] = [];
  const provider = {
    naming: { getStackName: () => stackName },
    getRegion: () => region,
    getStage: () => 'prod',
    getAccountId: async () => accountOfCaller,
    getAwsSdkV3Config: async () => ({
      region,
      endpoint: aws.url,
      credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
      maxAttempts: 1,
    }),
  };
  const serverless = {
    classes: { Error },
    cli: { log: (line: string) => logged.push(line) },
    getProvider: () => provider,
    pluginManager: {
      getPlugins: () => plugins,
      spawn: async (command: string) => void spawned.push(command),
    },
    processedInput: { commands: command.split(' '), options: {} },
    configurationInput: {},
    service: {
      custom: {
        parameters: { values: { accept: [] }, recorded: {}, faults: [], files: [], ...parameters },
      },
      functions: Object.fromEntries(
        functionNames.map((each) => [
          each,
          { name: `${stackName}-${each}`, package: { artifact } },
        ]),
      ),
      provider: {
        environment,
        compiledCloudFormationTemplate: structuredClone(next),
        coreCloudFormationTemplate: { Resources: { ServerlessDeploymentBucket: {} } },
      },
    },
  };
  const plugin = new Plugin(serverless, options);
  return {
    run: async (hook) => {
      await plugin.hooks.initialize?.();
      if (hook !== 'initialize') await plugin.hooks[hook]();
    },
    hooks: Object.keys(plugin.hooks),
    logged,
    spawned,
    service: serverless.service,
    options,
  };
}

/** CloudFormation's response for a stack that does not exist. */
export const noStack: Operations = {
  DescribeStacks: () => {
    throw Object.assign(new Error(`Stack with id ${stackName} does not exist`), {
      name: 'ValidationError',
    });
  },
};

/** CloudFormation's response for a stack that exists. */
export function runningStack(
  template: TemplateLike,
  outputs: Readonly<Record<string, string>> = {},
  status = 'UPDATE_COMPLETE',
): Operations {
  return {
    DescribeStacks: () => ({
      Stacks: [
        {
          StackName: stackName,
          StackStatus: status,
          CreationTime: '2025-01-01T00:00:00Z',
          Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({
            OutputKey,
            OutputValue,
          })),
        },
      ],
    }),
    GetTemplate: () => ({ TemplateBody: JSON.stringify(template) }),
  };
}
