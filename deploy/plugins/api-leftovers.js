/**
 * serverless plugin: removes from the API what the deployed template does not have: settings of routes that
 * no longer exist, the CORS configuration and authorizers. Runs before and after a deployment or a rollback.
 *
 * CloudFormation leaves settings that a template no longer has in API Gateway. Outdated route settings make
 * API Gateway reject every change of the stage: "Unable to find Route by key … within the provided
 * RouteSettings". Outdated CORS settings let pages call that no longer should.
 * Sources: serverless/serverless#8590, aws/serverless-application-model#1939 and
 * DianaIonita/serverless-api-gateway-throttling#33.
 */
import {
  ApiGatewayV2Client,
  DeleteAuthorizerCommand,
  DeleteCorsConfigurationCommand,
  DeleteRouteSettingsCommand,
  GetApiCommand,
  GetAuthorizersCommand,
  GetRoutesCommand,
  GetStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import { isDenied, readDeployedStack } from '../deployed-stack.js';
import { toTerminalText } from '../terminal-text.js';

const StageName = '$default';

export default class ApiLeftovers {
  constructor(serverless) {
    this.serverless = serverless;
    this.provider = serverless.getProvider('aws');
    const remove = () => this.remove();
    this.hooks = {
      // Left behind by a failed deployment, or by another command.
      'before:deploy:deploy': remove,
      'before:rollback:rollback': remove,
      'after:deploy:deploy': remove,
      'after:rollback:rollback': remove,
    };
  }

  async remove() {
    const deployed = await readDeployedStack(this.provider);
    const ApiId = deployed?.outputs.HttpApiId;
    if (!ApiId) return;
    const api = new ApiGatewayV2Client(await this.provider.getAwsSdkV3Config());
    try {
      for (const { what, remove } of await findLeftovers(api, ApiId, deployed.template)) {
        await remove();
        this.serverless.cli.log(`Removed ${what} from the API`);
      }
    } catch (cause) {
      if (cause.name === 'NotFoundException') return;
      if (!isDenied(cause)) throw cause;
      console.error(
        `The API was not searched for settings that were removed from the template: ${toTerminalText(cause.message)}`,
      );
    }
  }
}

/** @returns each leftover with the call that removes it */
async function findLeftovers(api, ApiId, template) {
  const ofType = (type) =>
    Object.values(template.Resources ?? {}).filter((each) => each.Type === type);
  const hasCors = ofType('AWS::ApiGatewayV2::Api').some(
    ({ Properties }) => Properties?.CorsConfiguration !== undefined,
  );
  const authorizers = ofType('AWS::ApiGatewayV2::Authorizer').map(
    ({ Properties }) => Properties?.Name,
  );
  const [outdatedRoutes, { CorsConfiguration }, found] = [
    await findOutdatedRoutes(api, ApiId),
    await api.send(new GetApiCommand({ ApiId })),
    await listAll((NextToken) => api.send(new GetAuthorizersCommand({ ApiId, NextToken }))),
  ];
  return [
    ...[...outdatedRoutes].map((RouteKey) => ({
      what: `the settings of the former route ${RouteKey}`,
      remove: () => api.send(new DeleteRouteSettingsCommand({ ApiId, StageName, RouteKey })),
    })),
    ...(CorsConfiguration && !hasCors
      ? [
          {
            what: `the CORS configuration for ${(CorsConfiguration.AllowOrigins ?? []).join(', ')}`,
            remove: () => api.send(new DeleteCorsConfigurationCommand({ ApiId })),
          },
        ]
      : []),
    ...found
      .filter(({ Name }) => !authorizers.includes(Name))
      .map(({ Name, AuthorizerId }) => ({
        what: `the authorizer ${Name}`,
        remove: () => api.send(new DeleteAuthorizerCommand({ ApiId, AuthorizerId })),
      })),
  ];
}

/** @returns keys of routes that the stage has settings for and the API does not have */
async function findOutdatedRoutes(api, ApiId) {
  const { RouteSettings: settings = {} } = await api.send(
    new GetStageCommand({ ApiId, StageName }),
  );
  const keys = Object.keys(settings);
  if (keys.length === 0) return [];
  const routes = await listAll((NextToken) => api.send(new GetRoutesCommand({ ApiId, NextToken })));
  const existing = new Set(routes.map(({ RouteKey }) => RouteKey));
  return keys.filter((key) => !existing.has(key));
}

async function listAll(list) {
  const items = [];
  let token;
  do {
    const page = await list(token);
    items.push(...(page.Items ?? []));
    token = page.NextToken;
  } while (token);
  return items;
}
