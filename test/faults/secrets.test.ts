import { afterEach, beforeEach, describe, vi } from 'vitest';
import { testFaults } from './fault-case.ts';
import { malformedCases, oldSecretCases, rotationCases, storeCases } from './secret-cases.ts';

// Only the clock that secrets are kept by: timers go on, so that timeouts are real.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('reading the secret', () => testFaults(storeCases));
describe('a secret past its time', () => testFaults(oldSecretCases));
describe('a rotated secret', () => testFaults(rotationCases));
describe('a malformed secret', () => testFaults(malformedCases));
