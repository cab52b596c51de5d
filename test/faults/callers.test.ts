import { describe } from 'vitest';
import { callerCases } from './caller-cases.ts';
import { testFaults } from './fault-case.ts';

describe('a refused caller', () => testFaults(callerCases));
