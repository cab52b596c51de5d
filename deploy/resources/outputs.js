/**
 * What `serverless info --verbose` shows of the stack, beside the API's address that osls adds.
 */
import { functionArn, functionNamesOf, logicalId, readValues } from './functions.js';

export async function stack(context) {
  const recorded = await context.resolveConfigurationProperty(['custom', 'parameters', 'recorded']);
  const functions = functionNamesOf(await readValues(context)).map((name) => [
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
