import { describe } from 'vitest';
import { callerCases } from './caller-cases.ts';
import { testFaults } from './fault-case.ts';

describe('a rejected caller', () => testFaults(callerCases));
