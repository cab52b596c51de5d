/** What the account of the rehearsal has besides the stack: users, and where messages come from and go to. */
import { ACMClient, RequestCertificateCommand } from '@aws-sdk/client-acm';
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CreateTopicCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Credentials, Emulator } from './emulators.ts';
import { project, secretId } from './steps.ts';

/** @returns the secret's ARN */
export async function createSecret({ clientConfig }: Emulator): Promise<string> {
  const { ARN = '' } = await new SecretsManagerClient(clientConfig).send(
    new CreateSecretCommand({ Name: secretId, SecretString: JSON.stringify(project) }),
  );
  return ARN;
}

/** @returns the ARN of a certificate of this domain */
export async function createCertificate(
  { clientConfig }: Emulator,
  domainName: string,
): Promise<string> {
  const { CertificateArn = '' } = await new ACMClient(clientConfig).send(
    new RequestCertificateCommand({ DomainName: domainName, ValidationMethod: 'DNS' }),
  );
  return CertificateArn;
}

export async function createBuses(
  { clientConfig }: Emulator,
  names: readonly string[],
): Promise<void> {
  const client = new EventBridgeClient(clientConfig);
  for (const Name of names) await client.send(new CreateEventBusCommand({ Name }));
}

/** Creates a user with these policies and no other rights. */
export async function createUser(
  { clientConfig }: Emulator,
  name: string,
  policies: Readonly<Record<string, object>>,
): Promise<Credentials> {
  const iam = new IAMClient(clientConfig);
  await iam.send(new CreateUserCommand({ UserName: name }));
  for (const [part, document] of Object.entries(policies)) {
    const { Policy } = await iam.send(
      new CreatePolicyCommand({
        PolicyName: `${name}-${part}`,
        PolicyDocument: JSON.stringify(document),
      }),
    );
    await iam.send(new AttachUserPolicyCommand({ UserName: name, PolicyArn: Policy?.Arn }));
  }
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: name }));
  const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = AccessKey ?? {};
  return { accessKeyId, secretAccessKey };
}

export interface ResultEvent {
  readonly 'detail-type': string;
  // biome-ignore lint/suspicious/noExplicitAny: each step asserts the fields that it reads
  readonly detail: any;
}

export interface Results {
  /** Waits for the event with this `reference`. @throws Error after half a minute */
  find(reference: string): Promise<ResultEvent>;
}

const resultTimeoutMs = 30_000;

/** Collects every event on the bus in a queue. */
export async function collectResults({ clientConfig }: Emulator, bus: string): Promise<Results> {
  const sqs = new SQSClient({ ...clientConfig, useQueueUrlAsEndpoint: false });
  const events = new EventBridgeClient(clientConfig);
  const Name = 'collected-results';
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: Name }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const { RuleArn = '' } = await events.send(
    new PutRuleCommand({
      ...{ Name, EventBusName: bus },
      EventPattern: JSON.stringify({ source: ['opentok-sessions'] }),
    }),
  );
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: Attributes?.['QueueArn'],
        Condition: { ArnEquals: { 'aws:SourceArn': RuleArn } },
      },
    ],
  });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  await events.send(
    new PutTargetsCommand({
      ...{ Rule: Name, EventBusName: bus },
      Targets: [{ Id: Name, Arn: Attributes?.['QueueArn'] }],
    }),
  );
  const found = new Map<string, ResultEvent>();
  return {
    async find(reference) {
      const deadline = Date.now() + resultTimeoutMs;
      while (!found.has(reference)) {
        if (Date.now() > deadline) throw new Error(`There is no result event for ${reference}.`);
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
        );
        for (const { Body = '' } of Messages) {
          const event: ResultEvent = JSON.parse(Body);
          found.set(event.detail.reference, event);
        }
      }
      return found.get(reference) as ResultEvent;
    },
  };
}

export async function sendMessage(
  { clientConfig }: Emulator,
  queueUrl: string | undefined,
  body: object,
): Promise<void> {
  await new SQSClient({ ...clientConfig, useQueueUrlAsEndpoint: false }).send(
    new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(body) }),
  );
}

export async function putEvent(
  { clientConfig }: Emulator,
  event: {
    readonly bus: string;
    readonly source: string;
    readonly type: string;
    readonly detail: object;
  },
): Promise<void> {
  const { bus, source, type, detail } = event;
  const { FailedEntryCount } = await new EventBridgeClient(clientConfig).send(
    new PutEventsCommand({
      Entries: [
        { EventBusName: bus, Source: source, DetailType: type, Detail: JSON.stringify(detail) },
      ],
    }),
  );
  if (FailedEntryCount) throw new Error(`The bus ${bus} rejected the event.`);
}

/** @returns the topic's ARN */
export async function createTopic({ clientConfig }: Emulator, name: string): Promise<string> {
  const command = new CreateTopicCommand({ Name: name });
  const { TopicArn = '' } = await new SNSClient(clientConfig).send(command);
  return TopicArn;
}

export async function publish(
  { clientConfig }: Emulator,
  topicArn: string,
  body: object,
): Promise<void> {
  const command = new PublishCommand({ TopicArn: topicArn, Message: JSON.stringify(body) });
  await new SNSClient(clientConfig).send(command);
}
