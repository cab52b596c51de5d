/**
 * serverless plugin: removes settings of routes that no longer exist from the API's stage, after a
 * deployment and before a deployment or a rollback.
 *
 * CloudFormation leaves `RouteSettings` that a template no longer has in the stage, and API Gateway then
 * rejects every change of the stage: "Unable to find Route by key … within the provided RouteSettings".
 * Sources: serverless/serverless#8590, aws/serverless-application-model#1939 and
 * DianaIonita/serverless-api-gateway-throttling#33.
 */
import {
  ApiGatewayV2Client,
  DeleteRouteSettingsCommand,
  GetRoutesCommand,
  GetStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import { isDenied, readDeployedStack } from '../deployed-stack.js';
import { toTerminalText } from '../terminal-text.js';

const StageName = '$default';

export default class RouteSettings {
  constructor(serverless) {
    this.serverless = serverless;
    this.provider = serverless.getProvider('aws');
    const removeOutdated = () => this.removeOutdated();
    this.hooks = {
      // Left behind by a rollback or a failed deployment.
      'before:deploy:deploy': removeOutdated,
      'before:rollback:rollback': removeOutdated,
      'after:deploy:deploy': removeOutdated,
    };
  }

  async removeOutdated() {
    const deployed = await readDeployedStack(this.provider);
    const ApiId = deployed?.outputs.HttpApiId;
    if (!ApiId) return;
    const api = new ApiGatewayV2Client(await this.provider.getAwsSdkV3Config());
    try {
      for (const RouteKey of await findOutdated(api, ApiId)) {
        await api.send(new DeleteRouteSettingsCommand({ ApiId, StageName, RouteKey }));
        this.serverless.cli.log(
          `Removed the settings of the former route ${RouteKey} from the API`,
        );
      }
    } catch (cause) {
      if (cause.name === 'NotFoundException') return;
      if (!isDenied(cause)) throw cause;
      console.error(
        `The API was not searched for settings of removed routes: ${toTerminalText(cause.message)}`,
      );
    }
  }
}

/** @returns keys of routes that the stage has settings for and the API does not have */
async function findOutdated(api, ApiId) {
  const { RouteSettings: settings = {} } = await api.send(
    new GetStageCommand({ ApiId, StageName }),
  );
  const outdated = new Set(Object.keys(settings));
  let NextToken;
  while (outdated.size > 0) {
    const page = await api.send(new GetRoutesCommand({ ApiId, NextToken }));
    for (const { RouteKey } of page.Items ?? []) outdated.delete(RouteKey);
    NextToken = page.NextToken;
    if (!NextToken) break;
  }
  return outdated;
}
