/**
 * What a month costs by AWS's list prices for us-east-1, without free tiers. Pure.
 * Prices: the price pages of the services, as of 2026-11.
 */

/** US dollars. */
export const prices = {
  httpApiPerMillion: 1,
  lambdaPerMillion: 0.2,
  /** arm64. */
  lambdaPerGbSecond: 0.0000133334,
  logsPerGb: 0.5,
  transferPerGb: 0.09,
  secret: 0.4,
  secretReadsPer10Thousand: 0.05,
  dynamoReadsPerMillion: 0.125,
  dynamoWritesPerMillion: 0.625,
  metric: 0.3,
  alarmMetric: 0.1,
  compositeAlarm: 0.5,
  sqsPerMillion: 0.4,
};

/** What a call takes: measured on the packaged functions (docs/benchmarks.md), lines of the log counted. */
const memoryGb = 0.5;
const tokensPerSession = 5;
const tokenSeconds = 0.005;
/** The platform answers within a quarter of a second. */
const sessionSeconds = 0.25;
const coldStartSeconds = 0.3;
const loggedBytes = 1_500;
const answeredBytes = 1_500;
/** Metrics with data in this traffic: sessions, tokens and three roles, faults, milliseconds, cold starts, requests. */
const metrics = 13;
/** Metrics that all alarms evaluate, without queues and without `describe=true`. */
export const alarmMetrics = 43;
const gigabyte = 2 ** 30;

export interface Month {
  readonly tokens: number;
  readonly coldStarts: number;
  readonly secretReads: number;
}

/** US dollars by line. */
export function computeCosts({ tokens, coldStarts, secretReads }: Month): Record<string, number> {
  const sessions = tokens / tokensPerSession;
  const calls = tokens + sessions;
  const millions = calls / 1e6;
  const seconds = tokens * tokenSeconds + sessions * sessionSeconds + coldStarts * coldStartSeconds;
  return {
    'HTTP API': millions * prices.httpApiPerMillion,
    'Lambda, requests': millions * prices.lambdaPerMillion,
    'Lambda, time': seconds * memoryGb * prices.lambdaPerGbSecond,
    'CloudWatch, logs': ((calls * loggedBytes) / gigabyte) * prices.logsPerGb,
    'CloudWatch, metrics': metrics * prices.metric,
    // And the composite alarm that rolls deployments back.
    'CloudWatch, alarms': alarmMetrics * prices.alarmMetric + prices.compositeAlarm,
    'Secrets Manager': prices.secret + (secretReads / 1e4) * prices.secretReadsPer10Thousand,
    'data out': ((calls * answeredBytes) / gigabyte) * prices.transferPerGb,
    // A new room is one write to the table and one to its index of rooms.
    'DynamoDB, if all join rooms':
      (tokens / 1e6) * prices.dynamoReadsPerMillion +
      ((2 * sessions) / 1e6) * prices.dynamoWritesPerMillion,
  };
}
