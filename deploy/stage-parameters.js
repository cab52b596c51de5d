/**
 * Where a deployment's parameters come from: the defaults, the file of the stage over them. `--param`
 * wins over both, which osls sees to.
 */
import { parametersOf } from './parameters.js';

/** The committed file with a stage's parameters, from the project's folder. */
export function stageFile(stage) {
  return `stages/${stage}.yml`;
}

/**
 * What a stage's file gives.
 *
 * @param {unknown} content of the file as YAML has it; null when there is none, or it is empty
 * @param {string} stage
 * @returns {{ given: Record<string, unknown>, faults: string[] }} by name, without those that have
 *   no value, whose defaults stay
 */
export function readStageFile(content, stage) {
  if (content === null || content === undefined) return { given: {}, faults: [] };
  if (typeof content !== 'object' || Array.isArray(content)) {
    return { given: {}, faults: [`${stageFile(stage)} is no list of lines such as "auth: jwt"`] };
  }
  const lines = Object.entries(content).filter(([, value]) => value !== null);
  return {
    given: Object.fromEntries(lines.filter(([name]) => name !== 'accept')),
    faults: 'accept' in content ? [`accept is for one deployment: give it with --param`] : [],
  };
}

/** For a file that serverless.yml includes: what the file of this stage gives. */
export async function loadStageFile({ options, resolveVariable }) {
  const stage = options.stage ?? 'dev';
  // osls refuses other names later, but not before it has looked for the file.
  const isName = /^[A-Za-z0-9-]+$/.test(stage);
  const content = isName ? await resolveVariable(`file(${stageFile(stage)}), null`) : null;
  return readStageFile(content, stage);
}

/** For serverless.yml, as `${file(deploy/stage-parameters.js):parameters}`: what `param:` reads. */
export async function parameters(context) {
  const { given } = await loadStageFile(context);
  const all = Object.entries(parametersOf(context.options.stage ?? 'dev'));
  return { ...Object.fromEntries(all.map(([name, rule]) => [name, rule.default])), ...given };
}
