/** Catches what is thrown, and sees to it that it is a fault of ours. */
import { expect } from 'vitest';
import { Fault, type FieldError } from '../../lib/domain/faults.ts';

/** @returns the fault that `run` throws or rejects with; fails when there is none */
export async function catchFault(run: () => unknown): Promise<Fault> {
  try {
    await run();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  return expect.fail('nothing was thrown');
}

/** @returns the field errors of the `ValidationError` that `parse` throws */
export async function catchFieldErrors(parse: () => unknown): Promise<readonly FieldError[]> {
  const fault = await catchFault(parse);
  expect(fault.name).toBe('ValidationError');
  return fault.errors ?? [];
}

/** @returns the pointers of those field errors, for tests that do not care about the words */
export async function catchPointers(parse: () => unknown): Promise<string[]> {
  return (await catchFieldErrors(parse)).map(({ pointer }) => pointer);
}
