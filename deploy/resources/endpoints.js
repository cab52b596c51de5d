/**
 * Where the AWS services are that the functions call, told to them in the variables that AWS itself
 * documents. `AWS::URLSuffix` makes it right in China and in sovereign regions too.
 */

export const secretsManager = endpointOf('secretsmanager');
export const dynamoDb = endpointOf('dynamodb');
export const eventBridge = endpointOf('events');

function endpointOf(service) {
  return { 'Fn::Sub': `https://${service}.\${AWS::Region}.\${AWS::URLSuffix}` };
}
