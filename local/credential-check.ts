/** Problems with real credentials, in terms of the environment variables that hold them. */
import { parseCredentials } from '../lib/credentials/credentials.ts';
import { StartError, type StartOptions } from './start-options.ts';

type Given = Pick<StartOptions, 'project' | 'usesRealPlatform' | 'variables'>;

/** @throws StartError if a real project's credentials are malformed, naming the variable at fault. */
export async function checkCredentials(given: Given): Promise<void> {
  if (!given.usesRealPlatform) return;
  try {
    await parseCredentials(JSON.stringify(given.project));
  } catch (cause) {
    const { message, reason = message } = cause as Error & { readonly reason?: string };
    throw new StartError(nameVariables(reason, given.variables));
  }
}

/** Explains a rejection by the platform, and says where the rejected credentials come from. */
export function explainRejection(explanation: string, { variables }: Given): string {
  const names = Object.values(variables);
  return names.length === 0 ? explanation : `${explanation} Check ${names.join(' and ')}.`;
}

/** The functions report the fields of the secret that they read; here, variables hold them. */
function nameVariables(reason: string, variables: Given['variables']): string {
  const fields = new RegExp(`\\b(?:${Object.keys(variables).join('|')})\\b`, 'g');
  return reason
    .replace(/^The secret is malformed: /, '')
    .replace(fields, (field) => variables[field] ?? field);
}
