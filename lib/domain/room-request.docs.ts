/** What the API's document says of the fields by which joining a room differs from asking for a token. */
export const requestedSessionDescription =
  "Options of the room's session, for whoever creates the room by joining it. Of a room that exists, what is given here is compared with what the room has: a difference is a 409.";

export const putSessionDescription =
  "Options of the room's session, for making the room where there is none. Of a room that exists, what is given here is compared with what the room has: a difference is a 409.";

export const referenceDescription =
  'The `reference` of the request, unchanged. Only if it had a valid one.';
