/** Errors as sentences for the person in front of the page. */
import { ProblemError } from 'opentok-sessions-client';
import { url } from './sign-in.ts';

/** By the name of a problem of the API, or of an error of the vendor's library. */
const SENTENCES: Readonly<Record<string, string>> = {
  AdmissionDeniedError: 'The host has not let you in.',
  ParticipantBannedError: 'The host has banned you from this room.',
  RoomNotFoundError: 'This room does not exist yet. Wait for the host to open it.',
  RoomFullError: 'The room is full. Try again when a person has left.',
  RoomLockedError: 'This room is closed. Only hosts can join.',
  UnauthenticatedError: 'Your sign-in has expired. Sign in again.',
  TimeoutError: 'The server did not respond. Try again.',
  OT_AUTHENTICATION_ERROR: 'The video platform rejected the token. Join again.',
  OT_CONNECT_FAILED: 'No connection to the video platform. Check your network, and try again.',
  OT_NOT_CONNECTED: 'You are offline. Check your network, and try again.',
  OT_USER_MEDIA_ACCESS_DENIED:
    'The others cannot see or hear you: allow the camera and the microphone in the address bar, then join again.',
  OT_NO_DEVICES_FOUND: 'The others cannot see or hear you: no camera and no microphone was found.',
  OT_HARDWARE_UNAVAILABLE: 'The camera or the microphone is in use by another program.',
};

export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const sentence = SENTENCES[error.name];
  if (sentence) return sentence;
  // `fetch` gives no other reason for a lack of network.
  if (error instanceof TypeError) {
    return navigator.onLine
      ? `No response from ${url}. Check that it runs and that its corsOrigins contain ${location.origin}.`
      : 'You are offline. Check your network, and try again.';
  }
  const reference = error instanceof ProblemError && error.requestId;
  return reference ? `${error.message} (Request ${reference})` : error.message;
}
