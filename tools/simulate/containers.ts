/**
 * The containers of one function under some traffic, on virtual time: how many calls start one, how
 * many there are, and how often they read the secret. Pure: times are seconds, randomness is an
 * argument.
 *
 * Lambda runs one call at a time in a container and starts another when none is free (Lambda developer
 * guide, "Understanding Lambda function scaling"). For how long it keeps one that is idle AWS does not
 * say; five to seven minutes, and two hours in all, are what people measure.
 */
export interface Traffic {
  readonly name: string;
  readonly seconds: number;
  /** Calls per second at some second. */
  readonly rateAt: (second: number) => number;
}

export interface Figures {
  readonly calls: number;
  readonly coldStarts: number;
  readonly mostContainers: number;
  readonly secretReads: number;
}

const callSeconds = 0.005;
const coldStartSeconds = 0.3;
const idleSeconds = { min: 300, max: 420 };
const longestLifeSeconds = 7_200;
/** Default of `secretTtlSeconds`. */
const secretTtlSeconds = 300;

interface Container {
  readonly startedAt: number;
  readonly patienceSeconds: number;
  freeAt: number;
  readAt: number;
}

export function simulateContainers({ seconds, rateAt }: Traffic, random: () => number): Figures {
  // Ordered by when they were last used: Lambda takes the one used last.
  let containers: Container[] = [];
  let calls = 0;
  let coldStarts = 0;
  let mostContainers = 0;
  let secretReads = 0;
  for (let second = 0; second < seconds; second += 1) {
    containers = containers.filter(
      ({ freeAt, startedAt, patienceSeconds }) =>
        second - freeAt < patienceSeconds && second - startedAt < longestLifeSeconds,
    );
    for (const at of drawArrivals(second, rateAt(second), random)) {
      calls += 1;
      let container = containers.findLast(({ freeAt }) => freeAt <= at);
      if (container) {
        if (at - container.readAt >= secretTtlSeconds) {
          secretReads += 1;
          container.readAt = at;
        }
        containers.splice(containers.indexOf(container), 1);
        container.freeAt = at + callSeconds;
      } else {
        coldStarts += 1;
        secretReads += 1;
        const { min, max } = idleSeconds;
        container = {
          startedAt: at,
          readAt: at,
          freeAt: at + coldStartSeconds + callSeconds,
          patienceSeconds: min + random() * (max - min),
        };
      }
      containers.push(container);
      mostContainers = Math.max(mostContainers, containers.length);
    }
  }
  return { calls, coldStarts, mostContainers, secretReads };
}

/** Arrivals of independent callers within one second, in order. */
function drawArrivals(second: number, rate: number, random: () => number): number[] {
  const arrivals: number[] = [];
  if (rate <= 0) return arrivals;
  for (let at = 0; ; ) {
    at += -Math.log(1 - random()) / rate;
    if (at >= 1) return arrivals;
    arrivals.push(second + at);
  }
}

const hour = 3_600;
const day = 24 * hour;
const isOfficeHour = (second: number) => second >= 8 * hour && second < 18 * hour;

/** A day each, of 30 in a month. */
export const traffics = {
  '10 thousand': { name: 'all day long', seconds: day, rateAt: () => 10_000 / 30 / day },
  '1 million': {
    name: 'in ten office hours',
    seconds: day,
    rateAt: (second) => (isOfficeHour(second) ? 1_000_000 / 30 / (10 * hour) : 0),
  },
  '1 million, on the hour': {
    name: 'in the first minute of each of ten hours',
    seconds: day,
    rateAt: (second) => (isOfficeHour(second) && second % hour < 60 ? 1_000_000 / 30 / 600 : 0),
  },
  '100 million': {
    name: 'in ten office hours',
    seconds: day,
    rateAt: (second) => (isOfficeHour(second) ? 100_000_000 / 30 / (10 * hour) : 0),
  },
} satisfies Record<string, Traffic>;
