/**
 * Returns which alarms of a template fire for given metrics.
 * Source: CloudWatch user guide, "Using metric math" and "Alarm evaluation".
 */
import type { Template } from '../../tools/package-service.ts';

/** A metric's value in each window of five minutes, newest last; `undefined` means no data. */
export type Metrics = Readonly<Record<string, readonly (number | undefined)[]>>;

/** A metric's key: `namespace/name`, followed by the values of its dimensions. */
export function nameMetric(namespace: string, metric: string, ...dimensions: string[]): string {
  return [namespace, metric, ...dimensions].join('/');
}

interface MetricStat {
  readonly Metric: {
    readonly Namespace: string;
    readonly MetricName: string;
    readonly Dimensions?: readonly { readonly Value: unknown }[];
  };
}

/** Returns the logical ids of the alarms that fire after the last window. */
export function findRinging({ Resources }: Template, metrics: Metrics): string[] {
  return Object.entries(Resources)
    .filter(([, { Type, Properties }]) => Type.endsWith('::Alarm') && rings(Properties, metrics))
    .map(([id]) => id)
    .sort();
}

// biome-ignore lint/suspicious/noExplicitAny: CloudFormation defines an alarm's shape
function rings(alarm: Record<string, any>, metrics: Metrics): boolean {
  const { EvaluationPeriods, DatapointsToAlarm, Threshold, TreatMissingData } = alarm;
  if (TreatMissingData !== 'notBreaching')
    throw new Error(`Unsupported TreatMissingData: ${TreatMissingData}`);
  const windows = Math.max(0, ...Object.values(metrics).map((values) => values.length));
  const breaching = Array.from({ length: EvaluationPeriods }, (_, age) => {
    const value = evaluate(alarm['Metrics'], metrics, windows - 1 - age);
    return value !== undefined && value >= Threshold;
  });
  return breaching.filter(Boolean).length >= DatapointsToAlarm;
}

function evaluate(
  queries: readonly { Id: string; Expression?: string; MetricStat?: MetricStat }[],
  metrics: Metrics,
  index: number,
): number | undefined {
  const values: Record<string, number | undefined> = {};
  let expression: string | undefined;
  for (const { Id, Expression, MetricStat } of queries) {
    if (Expression !== undefined) expression = Expression;
    else if (MetricStat) values[Id] = metrics[toName(MetricStat)]?.[index];
  }
  if (expression === undefined) return Object.values(values)[0];
  // The expressions used here are valid JavaScript; one missing value makes the result missing.
  const names = Object.keys(values);
  const run = new Function('FILL', 'IF', ...names, `return ${expression};`);
  const fill = (value: number | undefined, instead: number) => value ?? instead;
  const choose = (condition: boolean, yes: number, no: number) => (condition ? yes : no);
  const result = run(fill, choose, ...Object.values(values));
  return Number.isFinite(result) ? result : undefined;
}

function toName({ Metric: { Namespace, MetricName, Dimensions = [] } }: MetricStat): string {
  const values = Dimensions.map(({ Value }) => findReference(Value));
  return [Namespace, MetricName, ...values].join('/');
}

/** Returns a literal value, or the logical id of the resource that it refers to. */
function findReference(value: unknown): string {
  if (typeof value === 'string') return value;
  const [reference] = Object.values(value as Record<string, unknown>);
  return String([reference].flat()[0]);
}
