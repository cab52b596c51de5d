import { afterEach, beforeEach, describe, vi } from 'vitest';
import { testFaults } from './fault-case.ts';
import { malformedCases, oldSecretCases, rotationCases, storeCases } from './secret-cases.ts';

// Only the clock of the secret cache: timers keep running, so timeouts are real.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('reading the secret', () => testFaults(storeCases));
describe('an expired secret', () => testFaults(oldSecretCases));
describe('a rotated secret', () => testFaults(rotationCases));
describe('a malformed secret', () => testFaults(malformedCases));
