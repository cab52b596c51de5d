/**
 * What `serverless info --verbose` shows of the stack, beside the API's address that osls adds.
 */
import { functionArn, functionNames, logicalId } from './functions.js';

export function stack() {
  return {
    Outputs: Object.fromEntries(
      functionNames.map((name) => [
        logicalId(name, 'FunctionArn'),
        { Description: `ARN of the function ${name}`, Value: functionArn(name) },
      ]),
    ),
  };
}
