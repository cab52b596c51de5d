/** One person's side of the room: how they join, their state, and who they see. */
import { type Fetch, type Role, readInvite } from '../../client/index.ts';
import { describeError } from '../describe-error.ts';
import { h, newId, segmented } from '../elements.ts';
import type { Call, JoinCall } from './call.ts';
import { createGetToken, type Newcomer } from './get-token.ts';

const ROLES: readonly Role[] = ['publisher', 'subscriber', 'publisheronly', 'moderator'];
const WAIT_TEXT = 'Waiting for the host to decide …';

export interface PaneOptions {
  readonly title: string;
  readonly name: string;
  /** The host is a moderator; a guest can be someone else, with any role or an invite. */
  readonly isHost: boolean;
  readonly join: JoinCall;
  readonly room: () => string;
  /** Shows a token in the inspector. */
  readonly inspect: (token: string) => void;
  /** Records the requests of a person who joins. */
  readonly fetchFor: (newcomer: Newcomer) => Fetch;
  /** Called before a token is requested. */
  readonly prepare?: (newcomer: Newcomer) => Promise<unknown>;
  readonly onChange?: () => void;
  readonly onJoined?: (room: string) => void;
  readonly onLeft?: () => void;
}

export interface Pane {
  readonly element: HTMLElement;
  join(): Promise<void>;
  /** Makes the person a guest with this invite. */
  invite(secret: string): void;
  readonly name: () => string;
  /** Whether the person is a guest without an invite. */
  readonly lacksInvite: () => boolean;
  save(): Record<string, string>;
  load(values: Readonly<Record<string, string>>): void;
}

export function createPane(options: PaneOptions): Pane {
  const { isHost, join, inspect, room } = options;
  const titleId = newId('pane');
  const name = h('input', { value: options.name, autocomplete: 'off', spellcheck: 'false' });
  const role = h(
    'select',
    { change: () => options.onChange?.() },
    ...ROLES.map((value) => h('option', { value }, value)),
  );
  const kind = segmented('Joins as', { user: 'Signed-in user', guest: 'Guest' }, 'user', () => {
    show(status.textContent ?? '');
    options.onChange?.();
  });
  const inviteId = newId('invite');
  const invite = h('input', {
    ...{ id: inviteId, spellcheck: 'false', autocomplete: 'off', placeholder: 'standup.…' },
    'aria-describedby': `${inviteId}-help ${inviteId}-error`,
  });
  const inviteError = h('p', { id: `${inviteId}-error`, class: 'error' });
  const roleLabel = h('label', { class: 'stacked' }, h('span', {}, 'Role'), role);
  const inviteField = h(
    'div',
    { class: 'stacked invite' },
    h('label', { for: inviteId }, 'Invite'),
    invite,
    inviteError,
    h(
      'p',
      { id: `${inviteId}-help`, class: 'help' },
      'From the host: join there, and press “Invite a guest”.',
    ),
  );
  const status = h('p', { role: 'status' });
  const stage = h('div', { class: 'stage' });
  const joinButton = h('button', { type: 'submit', class: 'primary' }, 'Join');
  const giveUpButton = h('button', { type: 'button' }, 'Cancel');
  const leaveButton = h('button', { type: 'button', class: 'danger' }, 'Leave');
  const inspectButton = h('button', { type: 'button' }, 'Inspect the token');
  const getToken = createGetToken();
  let call: Call | undefined;
  let joining: AbortController | undefined;
  let token = '';

  const show = (words: string, isProblem = false) => {
    // The same words again would be read out again.
    if (status.textContent !== words) status.textContent = words;
    status.className = isProblem ? 'problem' : '';
    joinButton.hidden = call !== undefined || joining !== undefined;
    giveUpButton.hidden = joining === undefined;
    leaveButton.hidden = call === undefined;
    inspectButton.hidden = call === undefined;
    const isBusy = call !== undefined || joining !== undefined;
    for (const control of [name, role, invite]) control.disabled = isBusy;
    kind.setDisabled(isBusy);
    kind.element.hidden = isHost;
    roleLabel.hidden = isHost || kind.value === 'guest';
    inviteField.hidden = isHost || kind.value === 'user';
    stage.dataset['empty'] = joining
      ? 'Connecting …'
      : `${name.value || 'No one'} is not in the room`;
  };
  const showOut = () => show('Not in the room.');

  const ended = (reason: string) => {
    const hadFocus = element.contains(document.activeElement);
    call = undefined;
    show(reason);
    options.onLeft?.();
    if (hadFocus) joinButton.focus();
  };

  const readNewcomer = (): Newcomer => ({
    kind: isHost ? 'user' : kind.value,
    name: name.value,
    role: isHost ? 'moderator' : (role.value as Role),
    room: room(),
    invite: readInvite(invite.value) ?? invite.value.trim(),
  });

  const lacksInvite = () => kind.value === 'guest' && invite.value.trim() === '';

  const showInviteError = (text: string) => {
    inviteError.textContent = text;
    invite.toggleAttribute('aria-invalid', text !== '');
    if (text !== '') invite.setAttribute('aria-invalid', 'true');
  };

  const enter = async () => {
    if (call || joining) return;
    showInviteError('');
    if (lacksInvite()) {
      showInviteError('A guest needs an invite.');
      return invite.focus();
    }
    const hadFocus = element.contains(document.activeElement);
    const controller = new AbortController();
    const { signal } = controller;
    joining = controller;
    show('Requesting a token …');
    if (hadFocus) giveUpButton.focus();
    const newcomer = readNewcomer();
    try {
      await options.prepare?.(newcomer);
      const issued = await getToken(newcomer, {
        signal,
        fetch: options.fetchFor(newcomer),
        onWaiting: () => show(WAIT_TEXT),
      });
      token = issued.token;
      const person = { name: newcomer.name, role: issued.role };
      call = await join({ person, token: issued, stage, onEnd: ended });
      joining = undefined;
      show(`In the room ${issued.room ?? ''} as ${issued.role}.`);
      options.onJoined?.(issued.room ?? newcomer.room);
    } catch (cause) {
      joining = undefined;
      if (signal.aborted) showOut();
      else show(explain(cause), true);
    }
    if (hadFocus && document.activeElement === document.body) {
      (call ? leaveButton : joinButton).focus();
    }
  };

  giveUpButton.addEventListener('click', () => joining?.abort());
  leaveButton.addEventListener('click', async () => {
    const leaving = call?.leave();
    ended('Not in the room.');
    await leaving;
    // The platform has reported it by now, so that others see it. The person may have come back meanwhile.
    if (!call) options.onLeft?.();
  });
  inspectButton.addEventListener('click', () => inspect(token));
  name.addEventListener('input', () => show(status.textContent ?? ''));

  const element = h(
    'form',
    {
      class: isHost ? 'pane host' : 'pane',
      'aria-labelledby': titleId,
      submit: (event) => {
        event.preventDefault();
        void enter();
      },
    },
    h(
      'div',
      { class: 'card' },
      h(
        'div',
        { class: 'pane-head' },
        h('h3', { id: titleId }, options.title),
        h('label', { class: 'inline' }, h('span', {}, 'Name'), name),
      ),
      h(
        'div',
        { class: 'controls-row joins-as' },
        isHost &&
          h(
            'p',
            { class: 'stacked' },
            h('span', {}, 'Joins as'),
            h('span', {}, 'Signed-in user with the role ', h('code', {}, 'moderator')),
          ),
        kind.element,
        roleLabel,
        inviteField,
      ),
      stage,
      h(
        'div',
        { class: 'pane-foot' },
        h('div', { class: 'controls-row' }, joinButton, giveUpButton, leaveButton, inspectButton),
        status,
      ),
    ),
  );
  showOut();
  return {
    element,
    join: enter,
    name: () => name.value,
    lacksInvite,
    invite: (secret) => {
      if (call || joining) return;
      kind.value = 'guest';
      invite.value = secret;
      showInviteError('');
      showOut();
    },
    save: () => ({ as: kind.value, role: role.value }),
    load: (values) => {
      if (call || joining) return;
      kind.value = values['as'] === 'guest' ? 'guest' : 'user';
      role.value = ROLES.find((one) => one === values['role']) ?? 'publisher';
      showOut();
    },
  };
}

/** A user may not create the room, so the host has to come first. */
function explain(cause: unknown): string {
  const words = describeError(cause);
  const isMissing = /^RoomNotFoundError|^ForbiddenError: Only moderators/.test(words);
  return isMissing ? `${words} Let the host join first.` : words;
}
