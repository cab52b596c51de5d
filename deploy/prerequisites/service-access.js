/**
 * Judges whether a resource's own policy lets an AWS service act, as far as the policy alone shows. Pure.
 *
 * Sources: IAM user guide, "Policy evaluation logic", "Condition operators" (a missing key fails an operator,
 * except a negated one or with IfExists) and "Global condition context keys" (service principals have none of the
 * keys of IAM principals, such as `aws:PrincipalOrgID`).
 *
 * @typedef {{ Effect?: string, Principal?: any, Action?: any, Resource?: any, Condition?: Record<string, Record<string, any>>,
 *   NotPrincipal?: any, NotAction?: any, NotResource?: any }} Statement
 */

/**
 * @param {string} policy text of the policy
 * @param {object} request
 * @param {string} request.service principal, such as `cloudwatch.amazonaws.com`
 * @param {string} request.action
 * @param {string} request.resource
 * @param {Record<string, string>} request.context condition keys of the request, in lower case
 * @returns {'allowed' | 'denied' | 'unclear'} `unclear` if a statement may allow it, but has a condition that only
 *   the request itself shows
 */
export function judgeServiceAccess(policy, request) {
  /** @type {Statement[]} */
  const statements = [JSON.parse(policy).Statement ?? []].flat();
  const matches = (effect) =>
    statements
      .filter(({ Effect }) => Effect === effect)
      .map((each) => matchStatement(each, request));
  if (matches('Deny').includes('yes')) return 'denied';
  const allowing = matches('Allow');
  if (allowing.includes('yes')) return 'allowed';
  return allowing.includes('unclear') ? 'unclear' : 'denied';
}

/**
 * @param {Statement} statement
 * @returns {'yes' | 'no' | 'unclear'}
 */
function matchStatement(statement, { service, action, resource, context }) {
  const { Principal, Action, Resource, Condition = {} } = statement;
  const parts = [
    statement.NotPrincipal ? 'unclear' : toMatch(namesService(Principal, service)),
    statement.NotAction ? 'unclear' : toMatch(matchesAny(Action, action.toLowerCase())),
    statement.NotResource ? 'unclear' : toMatch(matchesAny(Resource, resource.toLowerCase())),
    ...Object.entries(Condition).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) =>
        matchCondition(operator, { key: key.toLowerCase(), values: [values].flat(), context }),
      ),
    ),
  ];
  if (parts.includes('no')) return 'no';
  return parts.includes('unclear') ? 'unclear' : 'yes';
}

/** @returns {'yes' | 'no'} */
function toMatch(isMatch) {
  return isMatch ? 'yes' : 'no';
}

function namesService(principal, service) {
  const { AWS = [], Service = [] } =
    typeof principal === 'string' ? { AWS: principal } : (principal ?? {});
  return (
    [AWS].flat().includes('*') ||
    [Service].flat().some((each) => each === service || each === `${service}.cn`)
  );
}

function matchesAny(patterns, text) {
  return [patterns].flat().some((pattern) => matchesPattern(pattern, text));
}

function matchesPattern(pattern, text) {
  const escaped = String(pattern)
    .toLowerCase()
    .replaceAll(/[$()+.[\\\]^{|}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`, 's').test(text);
}

const keysOfIamPrincipals = /^aws:(principal(?!isawsservice|servicename)|userid|username)/;
const operators =
  /^(?<kind>String|Arn|Bool)(?<not>Not)?(?<how>Equals(?:IgnoreCase)?|Like)?(?<optional>IfExists)?$/;

/** @returns {'yes' | 'no' | 'unclear'} */
function matchCondition(operator, { key, values, context }) {
  const found = operators.exec(operator)?.groups;
  // A variable such as `${aws:…}` has the value of the request.
  if (!found || values.some((value) => String(value).includes('${'))) return 'unclear';
  const value = context[key];
  if (value === undefined) {
    if (!keysOfIamPrincipals.test(key)) return 'unclear';
    return toMatch(found.not || found.optional);
  }
  const hasPatterns = found.kind === 'Arn' || found.how === 'Like';
  const isEqual = values.some((each) =>
    hasPatterns
      ? matchesPattern(each, value.toLowerCase())
      : String(each).toLowerCase() === value.toLowerCase(),
  );
  return toMatch(found.not ? !isEqual : isEqual);
}
