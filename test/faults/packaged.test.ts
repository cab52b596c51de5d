import { describe, expect, it } from 'vitest';
import type { StartOptions } from '../support/drive.ts';
import { OPENTOK_SECRET } from '../support/fixtures.ts';
import { startLambda } from '../support/lambda.ts';
import { type FaultyFunction, type Running, testFaults } from './fault-case.ts';
import { packagedCases } from './packaged-cases.ts';

async function startPackaged(
  name: FaultyFunction,
  { prepare = () => {} }: StartOptions = {},
): Promise<Running> {
  const lambda = await startLambda(name, {
    project: OPENTOK_SECRET,
    prepare: ({ secretsManager }) => prepare(secretsManager),
  });
  return {
    ...lambda,
    invoke: (event, context) => lambda.invoke(event, context?.getRemainingTimeInMillis?.()),
  };
}

describe('the packaged functions', () => testFaults(packagedCases, startPackaged));

describe('the chosen faults', () => {
  it('all exist', () => {
    expect(packagedCases).toHaveLength(16);
  });
});
