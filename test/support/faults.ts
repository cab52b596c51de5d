/** Catches thrown errors and asserts that they are a `Fault`. */
import { expect } from 'vitest';
import { Fault, type FieldError } from '../../lib/domain/faults.ts';

/** Returns the fault that `run` throws or rejects with; fails if there is none. */
export async function catchFault(run: () => unknown): Promise<Fault> {
  try {
    await run();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  return expect.fail('nothing was thrown');
}

/** Returns the field errors of the `ValidationError` that `parse` throws. */
export async function catchFieldErrors(parse: () => unknown): Promise<readonly FieldError[]> {
  const fault = await catchFault(parse);
  expect(fault.name).toBe('ValidationError');
  return fault.errors ?? [];
}

/** Returns the pointers of those field errors. */
export async function catchPointers(parse: () => unknown): Promise<string[]> {
  return (await catchFieldErrors(parse)).map(({ pointer }) => pointer);
}
