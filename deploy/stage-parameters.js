/**
 * Reads the parameter files of a stage: `stages/<stage>.yml`, and over it `stages/<stage>.<region>.yml`.
 * `--param` overrides both; osls applies it.
 */
import { readdir, readFile } from 'node:fs/promises';
import { isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { parametersOf } from './parameters.js';
import { region as readRegion } from './region.js';

const folder = new URL('../stages/', import.meta.url);
const nullSpellings = ['', '~', 'null', 'Null', 'NULL'];

/** @typedef {{ given: Record<string, unknown>, faults: string[] }} StageFile values by parameter name */

/** Path of the stage's committed parameters, relative to the project. */
export function stageFile(stage) {
  return `stages/${stage}.yml`;
}

/**
 * Path of the parameters that hold for a stage in one region.
 *
 * @param {string} stage
 * @param {string} region
 */
export function regionFile(stage, region) {
  return `stages/${stage}.${region}.yml`;
}

/**
 * Parses a parameter file. Every value keeps the spelling it has in the file: a client id such as
 * `287654321098765432` or `0123456` is text, and as a YAML number it would be another one.
 *
 * @param {string} text
 * @param {string} path for messages
 * @returns {StageFile} parameters with no value are omitted, so that the layer below applies; `""`
 *   overrides it with "not given"
 */
export function readStageFile(text, path) {
  const document = parseDocument(text, { schema: 'failsafe' });
  const problems = [...document.errors, ...document.warnings];
  if (problems.length > 0) {
    return fail(problems.map(({ message }) => `${path}: ${message.split('\n')[0]}`));
  }
  const { contents } = document;
  if (contents === null || (isScalar(contents) && isNull(contents))) return fail([]);
  if (!isMap(contents)) return fail([`${path} must consist of lines such as "auth: jwt"`]);
  const given = [];
  const faults = [];
  for (const pair of contents.items) {
    const name = isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
    const node = isAlias(pair.value) ? pair.value.resolve(document) : pair.value;
    if (name === 'accept') {
      faults.push(`accept in ${path} has no effect: pass it to one deployment with --param`);
    } else if (node === null || (isScalar(node) && isNull(node))) {
      // Not given.
    } else if (isScalar(node)) {
      given.push([name, node.value]);
    } else if (isSeq(node) && node.items.every((item) => isScalar(item))) {
      given.push([name, node.items.map((item) => isScalar(item) && item.value)]);
    } else {
      faults.push(`${name} in ${path} must be one value or a list of values`);
    }
  }
  return { given: Object.fromEntries(given), faults };
}

function fail(faults) {
  return { given: {}, faults };
}

/** @param {import('yaml').Scalar} scalar */
function isNull({ type, value }) {
  return type === 'PLAIN' && nullSpellings.includes(String(value));
}

/**
 * Finds files that were meant for this stage and are not read, such as `prod.yaml` or `Prod.yml`.
 *
 * @param {string[]} names in the folder `stages`
 * @param {string} stage
 * @returns {string[]} one fault for each
 */
export function findMisnamedFiles(names, stage) {
  const expected = `${stage}.yml`;
  const ofAnyRegion = /^\.[a-z]{2,}(-[a-z]+)+-\d+\.yml$/;
  return names.flatMap((name) => {
    const rest = name.slice(stage.length);
    const isMeant =
      name.toLowerCase().startsWith(stage.toLowerCase()) && !/^[A-Za-z0-9-]/.test(rest);
    const isRead = name.startsWith(stage) && (name === expected || ofAnyRegion.test(rest));
    // Backup copies such as `prod.yml~`, as long as the original is there.
    const isBackup = name.startsWith(expected) && names.includes(expected);
    if (!isMeant || isRead || isBackup) return [];
    return [
      `stages/${name} is not read: rename it to ${stageFile(stage)}, or to ${regionFile(stage, '<region>')} for one region, or remove it`,
    ];
  });
}

/**
 * Reads the files of this deployment's stage and region.
 *
 * @param {{ options: Record<string, any> }} context
 * @returns {Promise<StageFile & { files: string[] }>} `files`: those that were read, lowest layer first
 */
export async function loadStageFiles({ options }) {
  const stage = options.stage ?? 'dev';
  // osls rejects other names, but only after this.
  if (!/^[A-Za-z0-9-]+$/.test(stage)) return { given: {}, faults: [], files: [] };
  const region = await readRegion({ options });
  /** @type {string[]} */
  const names = await readdir(folder).catch(() => []);
  const paths = [stageFile(stage), ...(region ? [regionFile(stage, region)] : [])];
  const files = paths.filter((path) => names.includes(path.replace('stages/', '')));
  const layers = await Promise.all(
    files.map(async (path) => {
      try {
        return readStageFile(await readFile(new URL(`../${path}`, import.meta.url), 'utf8'), path);
      } catch (cause) {
        return fail([`${path} cannot be read: ${cause.message}`]);
      }
    }),
  );
  return {
    given: Object.assign({}, ...layers.map(({ given }) => given)),
    faults: [...layers.flatMap(({ faults }) => faults), ...findMisnamedFiles(names, stage)],
    files,
  };
}

/** For serverless.yml, as `${file(deploy/stage-parameters.js):parameters}`: the values of `param:`. */
export async function parameters(context) {
  const { given } = await loadStageFiles(context);
  const all = Object.entries(parametersOf(context.options.stage ?? 'dev'));
  return { ...Object.fromEntries(all.map(([name, rule]) => [name, rule.default])), ...given };
}
