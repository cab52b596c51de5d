/** The page: a form to join, the waiting room, and the call. */
import type { FetchedToken, TokenSource } from 'opentok-sessions-client';
import { type Call, startCall } from './call.ts';
import { describeError } from './describe-error.ts';
import { find } from './find.ts';
import { openHostControls } from './host.ts';
import { hasNoMedia } from './library.ts';
import { isLocal, type SignIn } from './sign-in.ts';
import { guestTokens, renewInTime, takeInvite, userTokens } from './tokens.ts';

const form = find<HTMLFormElement>('join');
const nameInput = find<HTMLInputElement>('name');
const roomInput = find<HTMLInputElement>('room');
const videos = find('videos');
const views = { join: form, waiting: find('waiting'), call: find('call') };
const invite = takeInvite();

let call: Call | undefined;
/** Aborted when the person leaves: ends the wait, the renewals and the host's controls. */
let visit = new AbortController();

function say(status: string): void {
  find('status').textContent = status;
}

/** Shows an error until the person joins again. */
function report(error: unknown): void {
  find('problem').textContent = describeError(error);
}

function show(view: keyof typeof views): void {
  for (const [name, element] of Object.entries(views)) element.hidden = name !== view;
}

async function join(): Promise<void> {
  visit.abort();
  visit = new AbortController();
  const { signal } = visit;
  const user: SignIn = {
    name: nameInput.value,
    isHost: find<HTMLInputElement>('is-host').checked,
    token: find<HTMLInputElement>('sign-in-token').value,
  };
  const tokens = invite
    ? guestTokens(invite, user.name, showWaiting)
    : userTokens(roomInput.value, user, showWaiting);
  say('Joining …');
  find('problem').textContent = '';
  const token = await connect(tokens, user.name, signal);
  if (!token) return;
  renewInTime(tokens, signal, report);
  showCall(token);
  if (token.role === 'moderator' && !invite) {
    openHostControls(roomInput.value, user, { signal, onProblem: report });
  }
}

/** Connects with a token that is valid now. Shows the error if that fails, and returns `undefined`. */
async function connect(
  tokens: TokenSource,
  name: string,
  signal: AbortSignal,
): Promise<FetchedToken | undefined> {
  const onEnd = (reason: string) => {
    if (reason !== 'networkDisconnected') {
      const wasRemoved = reason === 'forceDisconnected';
      return end(wasRemoved ? 'The host has removed you from the call.' : 'The call has ended.');
    }
    // The library has tried to reconnect with its token, which may have expired since.
    call?.leave();
    call = undefined;
    say('The connection was lost. Reconnecting …');
    void connect(tokens, name, signal).then((token) => token && showCall(token));
  };
  try {
    const token = await tokens.fetch({ signal });
    const started = await startCall(token, { name, videos, onEnd, onProblem: report });
    if (signal.aborted) {
      started.leave();
      return;
    }
    call = started;
    return token;
  } catch (error) {
    if (signal.aborted) return;
    end('');
    report(error);
  }
}

function showWaiting(): void {
  // A renewal can wait too. The call continues meanwhile.
  if (call || !views.waiting.hidden) return;
  say('Waiting for the host to let you in …');
  show('waiting');
  find('cancel').focus();
}

function showCall({ room, role, apiKey, applicationId }: FetchedToken): void {
  say(`You are in the room ${room}.`);
  show('call');
  for (const id of ['microphone', 'camera']) {
    find(id).hidden = role === 'subscriber';
    find(id).ariaPressed = 'true';
  }
  find('no-media').hidden = !hasNoMedia(applicationId ?? apiKey);
  find<HTMLAnchorElement>('second-person').href = `?name=Grace&room=${room}`;
  find('leave').focus();
}

function end(text: string): void {
  visit.abort();
  call?.leave();
  call = undefined;
  videos.replaceChildren();
  say(text);
  show('join');
  form.querySelector('button')?.focus();
}

function toggle(id: string, set: (call: Call, isOn: boolean) => void): void {
  const button = find(id);
  button.addEventListener('click', () => {
    const isOn = button.ariaPressed !== 'true';
    button.ariaPressed = String(isOn);
    if (call) set(call, isOn);
  });
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void join();
});
find('cancel').addEventListener('click', () => end('You have left the waiting room.'));
find('leave').addEventListener('click', () => end('You have left the call.'));
toggle('microphone', (call, isOn) => call.setMicrophone(isOn));
toggle('camera', (call, isOn) => call.setCamera(isOn));
// A second invite in the same tab.
addEventListener('hashchange', () => location.reload());

const parameters = new URLSearchParams(location.search);
nameInput.value = parameters.get('name') ?? (isLocal && !invite ? 'Ada' : '');
roomInput.value = parameters.get('room') ?? roomInput.value;
find<HTMLInputElement>('is-host').checked = isLocal && !parameters.has('name');
if (invite) say('You are invited as a guest.');

function showField(id: string, isShown: boolean): void {
  find(id).hidden = !isShown;
  // Otherwise the browser requires a field that is not shown.
  for (const input of find(id).querySelectorAll('input')) input.disabled = !isShown;
}
showField('room-field', !invite);
showField('host-field', !invite);
showField('token-field', !invite && !isLocal);
