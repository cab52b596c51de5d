import { describe } from 'vitest';
import { testFaults } from './fault-case.ts';
import { bodyCases, eventCases } from './input-cases.ts';

describe('an invalid body', () => testFaults(bodyCases));
describe('an invalid event', () => testFaults(eventCases));
