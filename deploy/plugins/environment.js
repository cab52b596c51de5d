/**
 * serverless plugin: removes environment variables without a value from the functions.
 *
 * An optional parameter that is not given is an empty string in serverless.yml. The function must not see
 * its variable, so that its own default applies, wherever it runs: deployed, with `serverless invoke local`
 * or with `npm start`.
 */
export default class Environment {
  constructor(serverless) {
    this.hooks = { initialize: () => dropEmptyVariables(serverless.service) };
  }
}

function dropEmptyVariables({ provider, functions }) {
  for (const { environment } of [provider, ...Object.values(functions)]) {
    for (const [name, value] of Object.entries(environment ?? {})) {
      if (value === '') delete environment[name];
    }
  }
}
