/**
 * Endpoints of the AWS services that the functions call, for the environment variables that AWS documents.
 * `AWS::URLSuffix` makes them correct in China and in sovereign regions too.
 */

export const secretsManager = endpointOf('secretsmanager');
export const dynamoDb = endpointOf('dynamodb');
export const eventBridge = endpointOf('events');

function endpointOf(service) {
  return { 'Fn::Sub': `https://${service}.\${AWS::Region}.\${AWS::URLSuffix}` };
}
