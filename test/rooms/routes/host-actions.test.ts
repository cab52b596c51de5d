/** The table of host actions agrees with the document, and test/deploy/openapi.test.ts compares that with what is deployed. */
import { describe, expect, it } from 'vitest';
import { HOST_ACTIONS } from '../../../lib/rooms/routes/host-actions.ts';
import { operations } from '../../../tools/openapi/operations.ts';

const rows = Object.entries(HOST_ACTIONS).map(([action, { route, status }]) => ({
  ...{ action, route, status },
}));

describe('the table of host actions', () => {
  it('has one route per action', () => {
    expect(new Set(rows.map(({ route }) => route)).size).toBe(rows.length);
  });

  it('has every documented route of hosts', () => {
    const documented = operations
      .map(({ route }) => route)
      .filter((route) => / \/rooms\b/.test(route) && !route.endsWith('/tokens'));
    expect(rows.map(({ route }) => route).sort()).toEqual(documented.sort());
  });

  it.each(rows)('documents $action with its status: $route', ({ route, status }) => {
    const success = operations.find((operation) => operation.route === route)?.success;
    const statuses = [success?.status, success?.also?.status].filter(Boolean).sort();
    expect(statuses).toEqual(typeof status === 'number' ? [status] : [200, 201]);
  });
});
