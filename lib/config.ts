/**
 * The environment, turned into what the functions are configured with. Pure: the environment is an
 * argument. Numbers and URLs are parsed here and nowhere else.
 */
import { Fault } from './domain/faults.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Config {
  /** Name or ARN of the secret in Secrets Manager. */
  readonly secretId: string;
  /** Base URL of the platform's REST API, without a slash at its end; by default the one of the secret's kind. */
  readonly videoApiUrl: string | undefined;
  /** Endpoint of Secrets Manager; by default AWS's own in the function's region. */
  readonly secretsManagerUrl: string | undefined;
}

/**
 * @throws Fault `ConfigurationError` whose reason names every variable that is missing or wrong
 */
export function readConfig(environment: Environment): Config {
  const problems: string[] = [];
  const readUrl = (name: string): string | undefined => {
    const value = environment[name];
    if (value === undefined || value === '') return undefined;
    if (!/^https?:$/.test(URL.parse(value)?.protocol ?? '')) {
      problems.push(`${name} must be an http: or https: URL`);
    }
    return value.replace(/\/+$/, '');
  };
  const secretId = environment['SECRET_ID'] ?? '';
  if (secretId === '') problems.push('SECRET_ID must be the name or ARN of the secret');
  const config = {
    secretId,
    videoApiUrl: readUrl('VIDEO_API_URL'),
    secretsManagerUrl: readUrl('AWS_ENDPOINT_URL_SECRETS_MANAGER'),
  };
  if (problems.length > 0) {
    throw new Fault('ConfigurationError', 'The service is misconfigured.', {
      reason: `The environment is wrong: ${problems.join('; ')}.`,
    });
  }
  return config;
}
