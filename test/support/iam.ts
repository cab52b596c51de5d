/**
 * Evaluates IAM policies of one account as AWS does: a matching Deny wins, otherwise a matching Allow is
 * needed. Source: IAM user guide, "Policy evaluation logic" and "IAM JSON policy elements".
 *
 * Throws on anything it does not support (policy variables, other condition operators), so that no part of
 * a policy is ignored.
 */

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: Readonly<
    Record<string, Readonly<Record<string, string | readonly string[]>>>
  >;
}

export interface PolicyDocument {
  readonly Statement: readonly Statement[];
}

export interface Request {
  readonly action: string;
  /** An ARN, or `*` for an action without a resource. */
  readonly resource: string;
  /** Condition keys of the request. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/** Whether the policy documents together allow the request. */
export function isAllowed(documents: readonly PolicyDocument[], request: Request): boolean {
  const effects = documents
    .flatMap(({ Statement }) => Statement)
    .filter((statement) => applies(statement, request))
    .map(({ Effect }) => Effect);
  return effects.includes('Allow') && !effects.includes('Deny');
}

function applies(statement: Statement, { action, resource, context = {} }: Request): boolean {
  const { Action, NotAction, Resource, NotResource, Condition = {} } = statement;
  return (
    matchesElement(action.toLowerCase(), Action, NotAction, (value) => value.toLowerCase()) &&
    matchesElement(resource, Resource, NotResource) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, expected]) =>
        holds({ operator, expected: toList(expected), actual: findKey(context, key) }),
      ),
    )
  );
}

function matchesElement(
  value: string,
  included: string | readonly string[] | undefined,
  excluded: string | readonly string[] | undefined,
  normalize: (pattern: string) => string = (pattern) => pattern,
): boolean {
  const isAnyOf = (patterns: string | readonly string[]) =>
    toList(patterns).some((pattern) => isLike(value, normalize(pattern)));
  if (included !== undefined) return isAnyOf(included);
  if (excluded !== undefined) return !isAnyOf(excluded);
  throw new Error('A statement has neither the element nor its negation.');
}

/** Names of condition keys are case-insensitive. */
function findKey(
  context: NonNullable<Request['context']>,
  key: string,
): readonly string[] | undefined {
  const found = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase());
  return found && toList(found[1]);
}

const comparisons: Readonly<Record<string, (actual: string, expected: string) => boolean>> = {
  StringEquals: (actual, expected) => actual === reject(expected),
  StringLike: (actual, expected) => isLike(actual, expected),
  ArnEquals: isArnLike,
  ArnLike: isArnLike,
  Bool: (actual, expected) => actual.toLowerCase() === expected.toLowerCase(),
};
const negations: Readonly<Record<string, string>> = {
  StringNotEquals: 'StringEquals',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
};

function holds({
  operator,
  expected,
  actual,
}: {
  readonly operator: string;
  readonly expected: readonly string[];
  readonly actual: readonly string[] | undefined;
}): boolean {
  const [, set, name = '', ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  if (name === 'Null') return expected.includes(String(actual === undefined));
  const compare = comparisons[negations[name] ?? name];
  if (!compare) throw new Error(`Unsupported condition operator: ${operator}.`);
  const matches = (value: string) => {
    const isEqual = expected.some((pattern) => compare(value, pattern));
    return name in negations ? !isEqual : isEqual;
  };
  if (set === 'ForAllValues') return (actual ?? []).every(matches);
  if (set === 'ForAnyValue') return (actual ?? []).some(matches);
  if (actual === undefined) return ifExists !== undefined || name in negations;
  return actual.some(matches);
}

/** In an ARN condition, `*` stays within one of the six parts. */
function isArnLike(actual: string, expected: string): boolean {
  const [parts, patterns] = [actual, expected].map(splitArn) as [string[], string[]];
  return (
    parts.length === patterns.length &&
    parts.every((part, index) => isLike(part, patterns[index] ?? ''))
  );
}

function splitArn(arn: string): string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}

/** Compiled patterns: a simulation compares each with thousands of values. */
const compiled = new Map<string, RegExp>();

function isLike(value: string, pattern: string): boolean {
  const known = compiled.get(pattern);
  if (known) return known.test(value);
  const source = reject(pattern)
    .replaceAll(/[.+^$()|[\]\\{}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`, 's');
  compiled.set(pattern, expression);
  return expression.test(value);
}

function reject(pattern: string): string {
  if (pattern.includes('${')) throw new Error(`Unsupported policy variable: ${pattern}`);
  return pattern;
}

function toList(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}
