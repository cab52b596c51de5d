/**
 * serverless plugin: stops a deployment with a wrong, missing or unknown parameter before anything
 * is created, and says which. Removing a stack or looking at it needs no parameters.
 */
import { allowedFor, rules } from '../parameters.js';

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
        ['Parameters are wrong; nothing was created:', ...lines].join('\n'),
        'PARAMETERS_REFUSED',
      );
    };
    const checkDeployment = () =>
      refuse([
        ...findOpenDoor(serverless),
        ...findLongNames(serverless),
        ...findFaults(serverless),
      ]);
    const checkLocalRun = () => refuse(findFaults(serverless));
    this.hooks = Object.fromEntries([
      ...beforeDeployment.map((hook) => [hook, checkDeployment]),
      ...beforeLocalRun.map((hook) => [hook, checkLocalRun]),
    ]);
  }
}

/** `auth=none` is for `npm start`; whatever goes to AWS has an authorizer. */
function findOpenDoor({ service }) {
  const { auth } = service.custom.parameters.values;
  return auth === 'none' ? [`auth cannot be "none" once deployed: give ${allowedFor('auth')}`] : [];
}

/** From Lambda API reference, "CreateFunction". */
const functionNameLength = 64;

/** The stage is in every function's name. CloudFormation would find out half-way through. */
function findLongNames({ service }) {
  const lengths = Object.values(service.functions).map(({ name }) => name.length);
  const excess = Math.max(...lengths) - functionNameLength;
  return excess > 0
    ? [`the stage is too long by ${excess}: Lambda takes names of ${functionNameLength} characters`]
    : [];
}

/** A name that no rule knows is a typing error; osls would pass it by without a word. */
export function findFaults({ service, processedInput, configurationInput }) {
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
