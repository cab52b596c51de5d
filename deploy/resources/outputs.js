/**
 * Outputs of the stack, which `serverless info --verbose` shows; osls adds the API's address.
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
        Description: 'Parameters of the running deployment',
        Value: JSON.stringify(recorded),
      },
    },
  };
}
