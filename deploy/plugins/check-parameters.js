/**
 * serverless plugin: stops a deployment with a wrong, missing or unknown parameter before anything
 * is created, and says which; prints the files that the parameters come from. Commands that remove or
 * inspect a stack accept any parameters.
 */
import { allowedFor, rules } from '../parameters.js';
import { stageFile } from '../stage-parameters.js';

const beforeDeployment = [
  'before:package:cleanup',
  'before:deploy:deploy',
  'before:deploy:function:initialize',
];
const beforeLocalRun = ['before:invoke:local:invoke'];

export default class CheckParameters {
  constructor(serverless) {
    const refuse = (faults) => {
      if (faults.length === 0) return;
      const lines = faults.map((fault) => `  - ${fault}`);
      throw new serverless.classes.Error(
        ['Stopped; nothing was created. These parameters are wrong:', ...lines].join('\n'),
        'PARAMETERS_REFUSED',
      );
    };
    let hasPrinted = false;
    const checkDeployment = () => {
      // `deploy` packages first, so it passes here twice.
      if (!hasPrinted) serverless.cli.log(describeSources(serverless));
      hasPrinted = true;
      refuse([
        ...findOpenDoor(serverless),
        ...findLongNames(serverless),
        ...findFaults(serverless),
      ]);
    };
    const checkLocalRun = () => refuse(findFaults(serverless));
    this.hooks = Object.fromEntries([
      ...beforeDeployment.map((hook) => [hook, checkDeployment]),
      ...beforeLocalRun.map((hook) => [hook, checkLocalRun]),
    ]);
  }
}

/** Says which files the parameters were read from. */
function describeSources(serverless) {
  const { files } = serverless.service.custom.parameters;
  const file = stageFile(serverless.getProvider('aws').getStage());
  return files.length > 0
    ? `Parameters: read from ${files.join(' and ')}`
    : `Parameters: there is no ${file}, so the defaults apply (and --param)`;
}

/** `auth=none` is for `npm start`; a deployment always has an authorizer. */
function findOpenDoor({ service }) {
  const { auth } = service.custom.parameters.values;
  return auth === 'none'
    ? [`auth cannot be "none" in a deployment: give ${allowedFor('auth')}`]
    : [];
}

/** From Lambda API reference, "CreateFunction". */
const functionNameLength = 64;

/** The stage is part of every function's name; CloudFormation would fail half-way. */
function findLongNames({ service }) {
  const lengths = Object.values(service.functions).map(({ name }) => name.length);
  const excess = Math.max(...lengths) - functionNameLength;
  return excess > 0
    ? [
        `the name of the stage is ${excess} characters too long: names of Lambda functions have at most ${functionNameLength}`,
      ]
    : [];
}

/** Also finds unknown names, which osls ignores silently. */
export function findFaults({ service, processedInput, configurationInput }) {
  const onCommandLine = (processedInput.options.param ?? []).map((item) => item.split('=')[0]);
  const inFile = Object.values(configurationInput.params ?? {}).flatMap((stage) =>
    Object.keys(stage),
  );
  const unknown = [...new Set([...onCommandLine, ...inFile])].filter(
    (name) => !Object.hasOwn(rules, name),
  );
  return [
    ...unknown.map(
      (name) => `${name} is not a parameter. The parameters are ${Object.keys(rules).join(', ')}`,
    ),
    ...service.custom.parameters.faults,
  ];
}
