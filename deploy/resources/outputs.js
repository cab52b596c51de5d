/**
 * What `serverless info --verbose` shows of the stack, beside the API's address that osls adds.
 */
import { functionArn, functionNames, logicalId } from './functions.js';

export async function stack({ resolveConfigurationProperty }) {
  const recorded = await resolveConfigurationProperty(['custom', 'parameters', 'recorded']);
  const functions = functionNames.map((name) => [
    logicalId(name, 'FunctionArn'),
    { Description: `ARN of the function ${name}`, Value: functionArn(name) },
  ]);
  return {
    Outputs: {
      ...Object.fromEntries(functions),
      Parameters: {
        Description: 'Parameters of the deployment that runs',
        Value: JSON.stringify(recorded),
      },
    },
  };
}
