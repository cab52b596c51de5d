/**
 * Deployments that together have every resource of the stack, switched on and off in both modes. Template
 * tests, lint and rehearsal use them.
 */

const account = 'us-east-1:123456789012';

/** Callers are end users of a made-up provider. */
const endUsers = {
  auth: 'jwt',
  issuer: 'https://login.example.com/',
  audience: 'web-client,app-client',
};

/** They come with a browser. */
const browsers = { corsOrigins: 'https://app.example.com, http://localhost:8080' };

/** Everything that is off by default, apart from what a company's account may require. */
const everything = {
  secretId: `arn:aws:secretsmanager:${account}:secret:video/project-AbCdEf`,
  secretKeyArn: `arn:aws:kms:${account}:key/11111111-2222-3333-4444-555555555555`,
  secretTtlSeconds: '60',
  secretStaleSeconds: '0',
  videoApiUrl: 'https://video.example.com',
  maxTokenSeconds: '3600',
  logRetentionDays: '7',
  throttleRate: '5',
  throttleBurst: '9',
  reservedConcurrency: '6',
  domainName: 'video.example.com',
  certificateArn: `arn:aws:acm:${account}:certificate/11111111-2222-3333-4444-555555555555`,
  hostedZoneId: 'Z0123456789ABCDEFGHIJ',
  tags: 'team=video,cost center=a=b',
  tracing: 'true',
  alarmTopicArn: `arn:aws:sns:${account}:alarms`,
  alarmCrashCount: '2',
  alarmFaultCount: '3',
  alarmFaultPercent: '10',
  alarmThrottleCount: '20',
  alarmCallbackCount: '30',
  alarmQueueAgeSeconds: '600',
  alarmAuthPercent: '60',
  rollbackMinutes: '7',
  dashboard: 'true',
  eventTrigger: 'true',
  eventBus: 'bookings',
  eventSource: 'booking-service',
  eventDetailType: 'Appointment Confirmed',
  requestTopicArn: `arn:aws:sns:${account}:session-requests`,
  queueTrigger: 'true',
  queueConcurrency: '3',
  resultBus: 'results',
  defaultRole: 'none',
  roomsClaim: 'rooms',
  roomsOnly: 'true',
  openRooms: 'true',
  roomTtlDays: '7',
  roomCacheSeconds: '5',
  guests: 'true',
  guestRequestsPerMinute: '7',
  guestThrottleRate: '3',
  guestThrottleBurst: '6',
  liveRooms: 'true',
  callbackThrottleRate: '4',
  callbackThrottleBurst: '8',
  inviteResults: 'true',
  protectRooms: 'true',
  sampleRoutes: 'true',
  describe: 'true',
  roomEventTrigger: 'true',
  roomEventDetailType: 'Class Scheduled',
  roomQueueTrigger: 'true',
};

/** What a company's account may require. */
export const company = {
  accountId: '123456789012',
  deploymentRoleArn: 'arn:aws:iam::123456789012:role/cloudformation/deploys-video',
  permissionsBoundaryArn: 'arn:aws:iam::123456789012:policy/boundary',
  rolePath: '/teams/video/',
  vpcSubnetIds: 'subnet-0123456789abcdef0, subnet-0123456789abcdef1',
  vpcSecurityGroupIds: 'sg-0123456789abcdef0',
  dataKeyArn: `arn:aws:kms:${account}:key/99999999-2222-3333-4444-555555555555`,
  callerAccounts: '210987654321, 310987654321',
  dnsFailover: 'primary',
  healthCheckId: 'abcdef11-2222-3333-4444-555555fedcba',
  ticketTopicArn: `arn:aws:sns:${account}:tickets`,
  runbookUrl: 'https://wiki.example.com/video/operations',
};

/** Parameters by the deployment's name. */
export const deployments = {
  iam: {},
  jwt: endUsers,
  'iam, events and a topic alone': {
    dashboard: 'false',
    alarmTopicArn: everything.alarmTopicArn,
    eventTrigger: 'true',
    requestTopicArn: everything.requestTopicArn,
    roomEventTrigger: 'true',
  },
  'iam, rooms in a table of another stack': {
    roomsTableName: 'rooms.global-1',
    liveRooms: 'true',
  },
  'iam, guests with a browser': { guests: 'true', ...browsers },
  'iam, everything on': everything,
  'iam, everything on in a company account': { ...everything, ...company },
  'jwt, a domain with DNS elsewhere': {
    ...endUsers,
    domainName: everything.domainName,
    certificateArn: everything.certificateArn,
  },
  'jwt, everything on': { ...endUsers, ...browsers, ...everything },
} satisfies Record<string, Record<string, string>>;
