/**
 * Kinds of parameters: what a text may be, in words, and what value it then has. Pure.
 *
 * @typedef {{
 *   allowed: string,
 *   read: (text: string) => any,
 *   required?: true,
 *   absent?: any,
 * }} Kind `read` turns the text into its value, or into `undefined` when it is none of what is
 *   `allowed`; only a `required` one cannot be left out, others are then `absent`
 */

/**
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
 * An address that names nobody: a stack tells its parameters in an output, where no password may be.
 *
 * @param {RegExp} pattern beside what makes a URL
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
 * @param {RegExp} pattern of one item
 * @param {string} allowed
 * @returns {Kind}
 */
export function list(pattern, allowed) {
  return {
    allowed: `${allowed}, with commas between`,
    absent: [],
    read: (given) => {
      const items = given.split(',').map((item) => item.trim());
      return items.every((item) => pattern.test(item)) ? items : undefined;
    },
  };
}
