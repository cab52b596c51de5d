/**
 * Runs a check of something in AWS that may fail for lack of a permission, which does not stop a deployment.
 */
import { isDenied } from '../deployed-stack.js';
import { toTerminalText } from '../terminal-text.js';

/**
 * What a check of the deployment's surroundings receives.
 *
 * @typedef {object} Surroundings
 * @property {Record<string, any>} values of the parameters
 * @property {any} config of AWS clients
 * @property {string} region
 * @property {string} stackName
 * @property {() => Promise<string>} readAccount returns the id of the account of the stack
 */

/**
 * Returns the faults that a check finds. Warns, and returns none, if the check cannot be made.
 *
 * @param {string} what is checked, as the subject of a sentence
 * @param {string} action that the check needs
 * @param {() => Promise<string[]>} check
 */
export async function look(what, action, check) {
  try {
    return await check();
  } catch (cause) {
    const needs = isDenied(cause) ? `that needs ${action}. ` : '';
    warn(`${what} was not checked: ${needs}${toTerminalText(cause.message)}`);
    return [];
  }
}

/** @param {string} text */
export function warn(text) {
  console.error(text);
}
