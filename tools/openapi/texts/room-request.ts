/** Texts of the fields that only requests to join a room have. */
const describeSession = (purpose: string) =>
  `Options of the room's session, for ${purpose}. Of a room that exists, what is given here is compared with what the room has: a difference is a 409.`;

export const requestedSessionDescription = describeSession(
  'callers who create the room by joining it',
);
export const putSessionDescription = describeSession('making the room where there is none');

export const referenceDescription =
  'The `reference` of the request, unchanged. Only if it had a valid one.';
