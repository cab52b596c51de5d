import { describe } from 'vitest';
import { testFaults } from './fault-case.ts';
import { refusedCases, retriedCases, unusableCases, waitingCases } from './platform-cases.ts';

describe('a platform that fails', () => testFaults(retriedCases));
describe('a platform that keeps us waiting', () => testFaults(waitingCases));
describe('an unusable answer', () => testFaults(unusableCases));
describe('a refused request', () => testFaults(refusedCases));
