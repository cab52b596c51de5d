/** The introduction: how to call the API, access, and the groups of routes. */
export const description = `Creates sessions of OpenTok and Vonage Video, and issues the tokens that clients connect with.

JSON in, JSON out. Unknown fields are rejected by name, and \`null\` is not "absent". If a body has a field twice, the last one counts. Bodies have at most 32 KiB.

Functions report errors as problem documents (RFC 9457). The \`type\` of an error never changes; \`detail\` is for people. API Gateway rejects some requests before they reach a function, with its own messages: without a route for path and method (404), without a caller that the authorizer accepts (401, 403), and too many requests (429).

A deployment accepts one kind of caller: trusted back ends that sign with SigV4 (\`auth=iam\`) and may do everything, or end users with a JWT of your identity provider (\`auth=jwt\`), limited by their role.`;

export const tags = [
  { name: 'Sessions', description: 'Sessions on the video platform.' },
  { name: 'Tokens', description: 'What a client connects to a session with.' },
  {
    name: 'Rooms',
    description: 'A room is a name, and the one session that all who join it share.',
  },
  {
    name: 'Invites',
    description:
      'Links that let people without an account into one room. The secret travels in bodies, never in a path, a query or a log.',
  },
  {
    name: 'Waiting room',
    description:
      'A room with `admission` `knock` has a waiting room: its hosts decide who joins, and all others wait.',
  },
  {
    name: 'Live rooms',
    description:
      'Callbacks of the platform, and the events made from them. Only if the deployment has `liveRooms=true`.',
  },
  {
    name: 'Participants',
    description: 'The people who are in a room. Hosts see, remove and ban them.',
  },
  {
    name: 'Description',
    description: 'The API in words for machines, and what a token is worth to it.',
  },
  {
    name: 'Samples',
    description:
      "The routes that the vendor's published samples call. Only if the deployment has `sampleRoutes=true`, and under `npm start`.",
  },
  {
    name: 'Results',
    description:
      'Events with the results of requests by message (EventBridge, SNS, SQS). Only if the deployment has such a trigger.',
  },
];

export const securitySchemes = {
  sigV4: {
    type: 'apiKey',
    in: 'header',
    name: 'authorization',
    description:
      'Deployments with `auth=iam` (the default): an AWS Signature Version 4 for the service `execute-api`, of an identity that may `execute-api:Invoke`. Such callers are trusted.',
    'x-amazon-apigateway-authtype': 'awsSigv4',
  },
  jwt: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      "Deployments with `auth=jwt`: a token of the deployment's OpenID Connect provider, for an audience that the deployment names. The claim `opentok_role` (parameter `roleClaim`) is the highest role that its user may have; without it the parameter `defaultRole` decides, `publisher` by default.",
  },
};
