/**
 * Kinds of parameters: which texts are allowed, in words, and the value of each. Pure.
 *
 * @typedef {{
 *   allowed: string,
 *   read: (text: string) => any,
 *   explain?: (text: string) => string | undefined,
 *   required?: true,
 *   absent?: any,
 * }} Kind `read` returns the value of a text, or `undefined` if it is not `allowed`; `explain` returns
 *   the remedy for a common mistake; a parameter that is not `required` is `absent` when omitted
 */

/**
 * Makes a parameter mandatory.
 *
 * @param {Kind} rule
 * @returns {Kind}
 */
export function required(rule) {
  return { ...rule, required: true };
}

/**
 * @param {(string | number | boolean)[]} choices
 * @returns {Kind}
 */
export function oneOf(...choices) {
  return {
    allowed: choices.join(', ').replace(/, ([^,]+)$/, ' or $1'),
    read: (given) => choices.find((choice) => String(choice) === given),
  };
}

/**
 * @param {number} min
 * @param {number} max
 * @returns {Kind}
 */
export function count(min, max) {
  return {
    allowed: `a whole number from ${min} to ${max}`,
    read: (given) => {
      const value = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN;
      return value >= min && value <= max ? value : undefined;
    },
  };
}

/**
 * @param {RegExp} pattern
 * @param {string} allowed
 * @returns {Kind}
 */
export function text(pattern, allowed) {
  return { allowed, read: (given) => (pattern.test(given) ? given : undefined) };
}

/**
 * A URL without user name and password, because the stack publishes its parameters in an output.
 *
 * @param {RegExp} pattern that the URL matches
 * @param {string} allowed
 * @returns {Kind}
 */
export function address(pattern, allowed) {
  return {
    allowed,
    read: (given) => {
      if (!pattern.test(given) || !URL.canParse(given)) return undefined;
      const { username, password } = new URL(given);
      return username === '' && password === '' ? given : undefined;
    },
  };
}

/**
 * A list with commas between its items.
 *
 * @param {RegExp} pattern of one item
 * @param {string} allowed
 * @param {number} [most] items
 * @returns {Kind}
 */
export function list(pattern, allowed, most = Number.POSITIVE_INFINITY) {
  return {
    allowed: `${allowed}, with commas between${most === Number.POSITIVE_INFINITY ? '' : `, at most ${most}`}`,
    absent: [],
    read: (given) => {
      const items = given.split(',').map((item) => item.trim());
      const areAllowed = items.length <= most && items.every((item) => pattern.test(item));
      return areAllowed ? items : undefined;
    },
  };
}

/**
 * The name of a top-level claim. API Gateway passes claims under their own names, so a path into a nested
 * claim is never found. A name with a colon is a URL, a URN or a prefixed name, and may hold dots; so may
 * one that begins with a domain and a slash.
 *
 * @returns {Kind}
 */
export function claim() {
  const wholeName = /^(?!\$)([^\s.:/[\]]+:\S+|([a-z0-9-]+\.)+[a-z]{2,}\/\S+|[^\s.:/[\]>]+)$/i;
  return {
    allowed: 'the name of a top-level claim',
    read: (given) => (given.length <= 256 && wholeName.test(given) ? given : undefined),
    explain: (given) =>
      /^\S*[./[\]>$]\S*$/.test(given)
        ? 'API Gateway passes top-level claims only. Have the provider write the value into a separate claim (in Keycloak: a protocol mapper with a token claim name without dots), and give the name of that claim'
        : undefined,
  };
}

/**
 * The issuer of an OpenID Connect provider.
 *
 * @returns {Kind}
 */
export function issuerUrl() {
  const url = address(/^https:\/\/[^\s?#]+$/, 'the https:// URL of an OpenID Connect provider');
  return {
    ...url,
    read: (given) => (explainIssuer(given) === undefined ? url.read(given) : undefined),
    explain: explainIssuer,
  };
}

/**
 * @param {string} issuer
 * @returns {string | undefined} why no token has this issuer, and what to do
 */
export function explainIssuer(issuer) {
  if (
    /^https:\/\/login\.(partner\.)?microsoftonline\.(com|us|cn)\/(common|organizations)\b/i.test(
      issuer,
    )
  ) {
    return `tokens name the tenant that issued them, never all tenants. ${nameOneTenant}`;
  }
  const placeholder = placeholders.map((pattern) => pattern.exec(issuer)?.[0]).find(Boolean);
  if (placeholder === undefined) return undefined;
  const advice = /tenant/i.test(placeholder) ? nameOneTenant : 'Give the real value in its place';
  return `${placeholder} is a placeholder. ${advice}`;
}

const nameOneTenant =
  'Name one tenant by its id: https://login.microsoftonline.com/<tenant id>/v2.0 in Microsoft Entra';

/** Texts that documentation puts where a reader's own value belongs. */
const placeholders = [
  /(?:[{<[]|%7b|%3c).*?(?:[}>\]]|%7d|%3e|$)/i,
  /\byour[-_]?(?:auth0|okta|company|org(?:anization)?|domain|sub-?domain|tenant|realm|region|pool|user-?pool|app|client|issuer|server|host|account|provider|name|id)\b[\w-]*/i,
  // YOUR_DOMAIN, TENANT_ID
  /(?<![A-Za-z0-9])[A-Z]{2,}(?:[_-][A-Z]{2,})+(?![A-Za-z0-9])/,
  /x{4,}/i,
  /\.{3,}|…/,
  /\b0{8}-0{4}-0{4}-0{4}-0{12}\b/,
];
