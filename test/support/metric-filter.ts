/**
 * Returns the data points that the metric filters of a template produce from a log line. Supports the part
 * of the pattern language that the template uses, and throws on the rest.
 * Source: CloudWatch Logs user guide, "Using filter patterns to match terms in JSON log events" and
 * "Configuring metric values for a metric filter".
 */
import type { Template } from '../../tools/package-service.ts';

export interface DataPoint {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
}

/** @param logGroup logical id of the group that the line is written to */
export function toDataPoints(template: Template, logGroup: string, line: object): DataPoint[] {
  return Object.values(template.Resources)
    .filter(({ Type }) => Type === 'AWS::Logs::MetricFilter')
    .map(({ Properties }) => Properties)
    .filter(({ LogGroupName }) => LogGroupName.Ref === logGroup)
    .filter(({ FilterPattern }) => matches(FilterPattern, line))
    .map(({ FilterPattern, MetricTransformations: [made] }) => ({
      namespace: made.MetricNamespace,
      metric: made.MetricName,
      value: made.MetricValue.startsWith('$')
        ? Number(readMatched(line, made.MetricValue, FilterPattern))
        : Number(made.MetricValue),
      dimensions: Object.fromEntries(
        (made.Dimensions ?? []).map(({ Key, Value }: { Key: string; Value: string }) => [
          Key,
          String(readMatched(line, Value, FilterPattern)),
        ]),
      ),
    }));
}

/** A filter can only use fields of its pattern. */
function readMatched(line: object, selector: string, pattern: string): unknown {
  if (!pattern.includes(`${selector} `)) throw new Error(`${selector} is not in ${pattern}`);
  return readField(line, selector);
}

function readField(line: unknown, selector: string): unknown {
  const names = selector.split('.').slice(1);
  return names.reduce((value, name) => (Object(value) as Record<string, unknown>)[name], line);
}

const TOKEN = /\s*(\(|\)|&&|\|\||(\$(?:\.\w+)+) (=|!=|>=|<) ("[^"]*"|\d+))/y;

/** Whether a line matches the pattern `{ … }`. */
export function matches(pattern: string, line: object): boolean {
  const [, text] = /^\{ (.+) \}$/.exec(pattern) ?? [];
  if (text === undefined) throw new Error(`Not a JSON pattern: ${pattern}`);
  let end = 0;
  let token: RegExpExecArray | null = null;
  const next = (): void => {
    TOKEN.lastIndex = end;
    token = end < text.length ? TOKEN.exec(text) : null;
    if (end < text.length && !token) throw new Error(`Unsupported pattern: ${text.slice(end)}`);
    end = token ? TOKEN.lastIndex : end;
  };
  const is = (symbol: string): boolean => token?.[1] === symbol;
  // `&&` binds tighter than `||`.
  const readOr = (): boolean => {
    let value = readAnd();
    while (is('||')) {
      next();
      value = readAnd() || value;
    }
    return value;
  };
  const readAnd = (): boolean => {
    let value = readTerm();
    while (is('&&')) {
      next();
      value = readTerm() && value;
    }
    return value;
  };
  const readTerm = (): boolean => {
    if (is('(')) {
      next();
      const value = readOr();
      if (!is(')')) throw new Error(`Missing closing parenthesis: ${text}`);
      next();
      return value;
    }
    const [, , selector, operator, wanted] = token ?? [];
    if (!selector || !operator || !wanted) throw new Error(`Unsupported pattern: ${text}`);
    next();
    return compare(readField(line, selector), operator, JSON.parse(wanted));
  };
  next();
  const value = readOr();
  if (token) throw new Error(`Unsupported pattern: ${text.slice(end)}`);
  return value;
}

/** `*` at the end of a text stands for any text. */
function isLike(value: unknown, wanted: string | number): boolean {
  if (typeof wanted !== 'string' || !wanted.endsWith('*')) return value === wanted;
  return String(value).startsWith(wanted.slice(0, -1));
}

/** A value that is missing or of another type does not match; `*` matches any text. */
function compare(value: unknown, operator: string, wanted: string | number): boolean {
  if (typeof value !== typeof wanted) return false;
  if (operator === '>=') return Number(value) >= Number(wanted);
  if (operator === '<') return Number(value) < Number(wanted);
  const isEqual = isLike(value, wanted);
  return operator === '=' ? isEqual : !isEqual;
}
