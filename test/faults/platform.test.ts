import { describe } from 'vitest';
import { testFaults } from './fault-case.ts';
import { refusedCases, retriedCases, unusableCases, waitingCases } from './platform-cases.ts';

describe('a failing platform', () => testFaults(retriedCases));
describe('a slow platform', () => testFaults(waitingCases));
describe('an invalid platform response', () => testFaults(unusableCases));
describe('a rejected request', () => testFaults(refusedCases));
