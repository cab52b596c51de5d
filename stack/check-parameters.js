/**
 * serverless plugin: stops a deployment with a wrong, missing or unknown parameter before anything
 * is created, and says which. Removing a stack or looking at it needs no parameters.
 */
import { rules } from './parameters.js';

const stoppedCommands = [
  'before:package:cleanup',
  'before:deploy:deploy',
  'before:deploy:function:initialize',
  'before:offline:start:init',
  'before:offline:start',
  'before:invoke:local:invoke',
];

export default class CheckParameters {
  constructor(serverless) {
    const check = () => {
      const faults = findFaults(serverless);
      if (faults.length === 0) return;
      const lines = faults.map((fault) => `  - ${fault}`);
      throw new serverless.classes.Error(
        ['These parameters stop the deployment; nothing was created:', ...lines].join('\n'),
        'PARAMETERS_REFUSED',
      );
    };
    this.hooks = Object.fromEntries(stoppedCommands.map((hook) => [hook, check]));
  }
}

/** A name that no rule knows is a typing error; osls would pass it by without a word. */
function findFaults({ service, processedInput, configurationInput }) {
  const onCommandLine = (processedInput.options.param ?? []).map((item) => item.split('=')[0]);
  const inFile = Object.values(configurationInput.params ?? {}).flatMap((stage) =>
    Object.keys(stage),
  );
  const unknown = [...new Set([...onCommandLine, ...inFile])].filter(
    (name) => !Object.hasOwn(rules, name),
  );
  return [
    ...unknown.map((name) => `${name} is no parameter: there are ${Object.keys(rules).join(', ')}`),
    ...service.custom.parameters.faults,
  ];
}
