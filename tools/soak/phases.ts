/**
 * What happens around the functions during a run, one after the other, and which statuses callers
 * may see meanwhile.
 */
import type { Fault } from '../../stand-ins/faults.ts';
import type { Platform } from '../../stand-ins/platform.ts';
import { platformFaults, statusFault } from '../../stand-ins/platform-faults.ts';
import { type SecretsManager, secretFaults } from '../../stand-ins/secrets-manager.ts';
import type { Secrets } from './secrets.ts';

export interface Surroundings {
  readonly platform: Platform;
  readonly secretsManager: SecretsManager;
  readonly secrets: Secrets;
}

export interface Phase {
  readonly name: string;
  readonly allowed: readonly number[];
  /** @returns what ends it */
  readonly begin: (surroundings: Surroundings, durationMs: number) => () => void;
}

const always = { times: Number.POSITIVE_INFINITY };
const calm = () => () => {};

/** Every `everyMs` the next call to the platform meets the next of the faults. */
function nowAndThen(faults: readonly Fault[], everyMs: number): Phase['begin'] {
  return ({ platform }) => {
    let turn = 0;
    const timer = setInterval(() => {
      const fault = faults[turn % faults.length];
      turn += 1;
      if (fault) platform.fail(fault);
    }, everyMs);
    return () => {
      clearInterval(timer);
      platform.recover();
    };
  };
}

const throttled = statusFault(429, { 'retry-after': '1' });
const broken: readonly Fault[] = [
  { kind: 'truncated' },
  platformFaults.html,
  { kind: 'garbage' },
  platformFaults.foreignSession,
  { kind: 'huge-body', bytes: 1e7 },
];

export const phases: readonly Phase[] = [
  { name: 'calm', allowed: [201], begin: calm },
  {
    name: '5xx now and then',
    allowed: [201, 503],
    begin: nowAndThen(
      [500, 502, 503, 504].map((status) => statusFault(status)),
      25,
    ),
  },
  {
    name: 'resets, stale connections',
    allowed: [201, 503],
    begin: nowAndThen([{ kind: 'reset' }, { kind: 'stale-keep-alive' }], 25),
  },
  { name: 'throttling', allowed: [201, 503], begin: nowAndThen([throttled], 100) },
  { name: 'broken answers', allowed: [201, 502], begin: nowAndThen(broken, 40) },
  {
    name: 'rotation in the middle',
    allowed: [201],
    begin: ({ platform, secretsManager, secrets }, durationMs) => {
      const timer = setTimeout(() => secrets.rotate(platform, secretsManager), durationMs / 2);
      return () => clearTimeout(timer);
    },
  },
  {
    name: 'delays past the timeout',
    allowed: [201, 503, 504],
    begin: nowAndThen([{ kind: 'delay', delayMs: 5_000 }, { kind: 'hang' }], 1_000),
  },
  {
    name: 'platform down',
    allowed: [201, 503],
    begin: ({ platform }) => {
      platform.fail(platformFaults.unavailable, always);
      return () => platform.recover();
    },
  },
  {
    name: 'Secrets Manager down',
    allowed: [201],
    begin: ({ secretsManager }) => {
      secretsManager.fail(secretFaults.internal, { times: 5 });
      secretsManager.fail({ kind: 'reset' }, { times: 5 });
      secretsManager.fail({ kind: 'hang' }, always);
      return () => secretsManager.recover();
    },
  },
  { name: 'calm again', allowed: [201], begin: calm },
];
