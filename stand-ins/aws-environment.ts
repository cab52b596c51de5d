/** The made-up AWS account of the stand-ins. */
export const localAws = {
  region: 'us-east-1',
  accountId: '000000000000',
  accessKeyId: 'local-access-key-id',
  secretAccessKey: 'local-secret-access-key',
} as const;

/**
 * The environment that makes the AWS SDK talk to the stand-ins and to nothing else: no instance
 * metadata, no configuration files of the machine's owner.
 *
 * @param urls Addresses of the stand-ins that run; a service without one keeps its real address.
 */
export function localAwsEnvironment(
  urls: { secretsManager?: string; eventBridge?: string; dynamoDb?: string } = {},
): Record<string, string> {
  return {
    AWS_REGION: localAws.region,
    AWS_ACCESS_KEY_ID: localAws.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localAws.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    ...(urls.secretsManager && { AWS_ENDPOINT_URL_SECRETS_MANAGER: urls.secretsManager }),
    ...(urls.eventBridge && { AWS_ENDPOINT_URL_EVENTBRIDGE: urls.eventBridge }),
    ...(urls.dynamoDb && { AWS_ENDPOINT_URL_DYNAMODB: urls.dynamoDb }),
  };
}
