/**
 * Finds the region of the stack as the AWS CLI does, so that the stack and the secret that was created for it
 * with `aws secretsmanager create-secret` are in the same region: `--region`, `AWS_REGION`,
 * `AWS_DEFAULT_REGION`, then the profile's. Source: AWS CLI User Guide, "Environment variables" and
 * "Configuration settings and precedence".
 *
 * @param {object} options
 * @param {Record<string, string | null | undefined>} options.commandLine options of the command
 * @param {Record<string, string | undefined>} options.environment
 * @param {(profile: string | undefined) => Promise<string | undefined>} options.readProfile returns the
 *   region of a profile, by default of the default profile
 * @returns {Promise<string | undefined>}
 */
export async function findRegion({ commandLine, environment, readProfile }) {
  const { AWS_REGION, AWS_DEFAULT_REGION, AWS_PROFILE, AWS_DEFAULT_PROFILE } = environment;
  const named = commandLine.region || AWS_REGION || AWS_DEFAULT_REGION;
  if (named) return named;
  // osls uses the credentials of this profile.
  const stage = commandLine.stage ?? 'dev';
  const ofStage = environment[`AWS_${stage.toUpperCase()}_PROFILE`];
  const profile = commandLine['aws-profile'] || ofStage || AWS_PROFILE || AWS_DEFAULT_PROFILE;
  return readProfile(profile || undefined);
}

/**
 * Reads the shared files (`AWS_CONFIG_FILE`, `AWS_SHARED_CREDENTIALS_FILE`), of which the second takes
 * precedence, as in the AWS CLI and the SDK. An SDK client would take an empty `AWS_REGION` for a region.
 */
async function readProfile(profile = 'default') {
  const { loadSharedConfigFiles } = await import('@smithy/core/config');
  const { configFile, credentialsFile } = await loadSharedConfigFiles();
  return credentialsFile[profile]?.region ?? configFile[profile]?.region;
}

/**
 * For serverless.yml, as `${file(deploy/region.js):region, null}`.
 *
 * @param {{ options: Record<string, string | null | undefined> }} context
 */
export async function region({ options }) {
  const found = await findRegion({ commandLine: options, environment: process.env, readProfile });
  return found ?? null;
}
