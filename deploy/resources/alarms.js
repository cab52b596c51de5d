/**
 * Alarms, when there is a topic to send them to: a function failed or was throttled, the API
 * answered 5xx.
 */
import { functionNames, logicalId, readValues } from './functions.js';

export async function stack(context) {
  const { alarmTopicArn } = await readValues(context);
  if (!alarmTopicArn) return {};
  const functions = functionNames.flatMap((name) =>
    ['Errors', 'Throttles'].map((metric) => [
      logicalId(name, `${metric}Alarm`),
      buildAlarm({
        alarmTopicArn,
        description: `${name}: ${metric.toLowerCase()} in the last five minutes`,
        namespace: 'AWS/Lambda',
        metric,
        dimensions: { FunctionName: { Ref: logicalId(name, 'LambdaFunction') } },
      }),
    ]),
  );
  const api = buildAlarm({
    alarmTopicArn,
    description: 'HTTP API: 5xx answers in the last five minutes',
    namespace: 'AWS/ApiGateway',
    metric: '5xx',
    dimensions: { ApiId: { Ref: 'HttpApi' } },
  });
  return { Resources: { ...Object.fromEntries(functions), HttpApi5xxAlarm: api } };
}

/** An alarm that rings at the first occurrence within five minutes, and is quiet without data. */
export function buildAlarm({
  alarmTopicArn,
  description,
  namespace,
  metric,
  dimensions,
  statistic = 'Sum',
}) {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmDescription: description,
      Namespace: namespace,
      MetricName: metric,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      Statistic: statistic,
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [alarmTopicArn],
      OKActions: [alarmTopicArn],
    },
  };
}
