/** The errors of callbacks. Functions without callbacks do not bundle this table. Pure: no I/O. */
import { Fault, type FaultKind, type FaultOptions } from '../domain/faults.ts';

export const LIVE_FAULTS = {
  // Anyone can send one, so it is not an error of the service.
  CallbackUnsignedError: {
    status: 503,
    title: 'The callback is not signed',
    logLevel: 'info',
  },
} as const satisfies Record<string, FaultKind>;

export type LiveFaultName = keyof typeof LIVE_FAULTS;

export function liveFault(name: LiveFaultName, detail: string, options: FaultOptions = {}): Fault {
  return new Fault(name, detail, options, LIVE_FAULTS[name]);
}
