/**
 * A stand-in for AWS Secrets Manager: GetSecretValue over its wire protocol, for the real SDK.
 *
 * Source: Secrets Manager API Reference, "GetSecretValue".
 */
import { randomUUID } from 'node:crypto';
import { localAws } from './aws-environment.ts';
import { AwsRefusal, type AwsRequest, awsAnswer, startAwsService } from './aws-json.ts';
import type { Fault } from './faults.ts';
import type { StandIn } from './stand-in.ts';

/** A secret's text, or bytes for a secret that holds no text. */
export type SecretValue = string | Uint8Array;

/** A running stand-in. */
export interface SecretsManager extends StandIn<AwsRequest> {
  /** Creates a secret or gives it a new value and version, which is served from now on. */
  setSecret(name: string, value: SecretValue): void;
  /** Deletes a secret: reading it is a ResourceNotFoundException from now on. */
  deleteSecret(name: string): void;
  /** The ARN under which a secret is served as well as under its name. */
  arnOf(name: string): string;
}

/**
 * Starts it.
 *
 * @param options.secrets Secrets by name. @param options.tls HTTPS with the test certificate.
 */
export async function startSecretsManager({
  secrets = {},
  tls,
}: {
  secrets?: Readonly<Record<string, SecretValue>>;
  tls?: boolean;
} = {}): Promise<SecretsManager> {
  const stored = new Map<string, StoredSecret>();
  const setSecret = (name: string, value: SecretValue) => {
    stored.set(name, { name, value, versionId: randomUUID(), createdAtMs: Date.now() });
  };
  for (const [name, value] of Object.entries(secrets)) setSecret(name, value);

  const getSecretValue = ({ SecretId, VersionStage = 'AWSCURRENT' }: Record<string, unknown>) => {
    if (typeof SecretId !== 'string' || SecretId === '') {
      throw new AwsRefusal('InvalidParameterException', 'You must provide a SecretId.');
    }
    const secret = stored.get(nameOf(SecretId));
    if (!secret) {
      throw new AwsRefusal(
        'ResourceNotFoundException',
        "Secrets Manager can't find the specified secret.",
      );
    }
    if (VersionStage !== 'AWSCURRENT') {
      throw new AwsRefusal(
        'ResourceNotFoundException',
        `Secrets Manager can't find the specified secret value for staging label: ${VersionStage}`,
      );
    }
    return describe(secret);
  };

  const standIn = await startAwsService({
    targetPrefix: 'secretsmanager',
    signingName: 'secretsmanager',
    operations: { GetSecretValue: getSecretValue },
    tls,
  });
  return {
    ...standIn,
    setSecret,
    deleteSecret: (name) => void stored.delete(name),
    arnOf,
  };
}

/** Errors that the real service answers with, for `fail`. */
export const secretFaults = {
  notFound: refusal(
    'ResourceNotFoundException',
    "Secrets Manager can't find the specified secret.",
  ),
  accessDenied: refusal(
    'AccessDeniedException',
    `User: arn:aws:sts::${localAws.accountId}:assumed-role/local/local is not authorized to perform: secretsmanager:GetSecretValue because no identity-based policy allows the secretsmanager:GetSecretValue action`,
  ),
  decryptionFailure: refusal(
    'DecryptionFailure',
    "Secrets Manager can't decrypt the protected secret text using the provided KMS key.",
  ),
  throttling: refusal('ThrottlingException', 'Rate exceeded'),
  internal: refusal('InternalServiceError', 'An error occurred on the server side.', 500),
} satisfies Record<string, Fault>;

interface StoredSecret {
  readonly name: string;
  readonly value: SecretValue;
  readonly versionId: string;
  readonly createdAtMs: number;
}

const arnPrefix = `arn:aws:secretsmanager:${localAws.region}:${localAws.accountId}:secret:`;
/** The real service appends a hyphen and six random characters. */
const arnSuffix = '-AbCdEf';

function arnOf(name: string): string {
  return `${arnPrefix}${name}${arnSuffix}`;
}

/** The real service takes a name, an ARN, or an ARN without its random suffix. */
function nameOf(secretId: string): string {
  if (!secretId.startsWith(arnPrefix)) return secretId;
  const name = secretId.slice(arnPrefix.length);
  return name.endsWith(arnSuffix) ? name.slice(0, -arnSuffix.length) : name;
}

function describe({ name, value, versionId, createdAtMs }: StoredSecret) {
  return {
    ARN: arnOf(name),
    CreatedDate: createdAtMs / 1000,
    Name: name,
    ...(typeof value === 'string'
      ? { SecretString: value }
      : { SecretBinary: Buffer.from(value).toString('base64') }),
    VersionId: versionId,
    VersionStages: ['AWSCURRENT'],
  };
}

/** This service spells `Message` with a capital, unlike the gateway in front of it. */
function refusal(type: string, message: string, status = 400): Fault {
  return { kind: 'answer', ...awsAnswer(status, { __type: type, Message: message }) };
}
