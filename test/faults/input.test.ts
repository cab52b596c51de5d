import { describe } from 'vitest';
import { testFaults } from './fault-case.ts';
import { bodyCases, eventCases } from './input-cases.ts';

describe('a bad body', () => testFaults(bodyCases));
describe('a bad event', () => testFaults(eventCases));
