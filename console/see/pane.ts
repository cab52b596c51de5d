/** One person's side of the room: as whom they come, how far they are, and who they see. */
import { ProblemError, type Role, readInvite } from '../../client/index.ts';
import { h } from '../elements.ts';
import type { Call, JoinCall } from './call.ts';
import { createEntrance, ENTRANCES, type Entrance } from './entrance.ts';

const ROLES: readonly Role[] = ['publisher', 'subscriber', 'moderator', 'publisheronly'];

export interface PaneTools {
  readonly join: JoinCall;
  /** Shows the token that somebody joined with to the inspector. */
  readonly inspect: (token: string) => void;
  readonly room: () => string;
}

export interface Pane {
  readonly element: HTMLElement;
  join(): Promise<void>;
  /** Makes whoever joins here a guest with this invite. */
  invite(secret: string): void;
}

export function createPane(
  preset: { readonly name: string; readonly role: Role },
  { join, inspect, room }: PaneTools,
): Pane {
  const name = h('input', { value: preset.name, size: 10, autocomplete: 'off' });
  const role = select(ROLES, preset.role);
  const entrance = select(ENTRANCES, ENTRANCES[0]);
  const invite = h('input', { size: 30, spellcheck: 'false', autocomplete: 'off' });
  const roleLabel = h('label', {}, 'Role ', role);
  const inviteLabel = h('label', { class: 'invite' }, 'Invite ', invite);
  const status = h('p', { role: 'status' });
  const stage = h('div', { class: 'stage' });
  const joinButton = h('button', { type: 'submit', class: 'primary' }, 'Join');
  const giveUpButton = h('button', { type: 'button' }, 'Give up');
  const leaveButton = h('button', { type: 'button' }, 'Leave');
  const inspectButton = h('button', { type: 'button' }, 'Inspect the token');
  const ask = createEntrance();
  let call: Call | undefined;
  let asking: AbortController | undefined;
  let token = '';

  const show = (words: string, isProblem = false) => {
    // The same words again would be read out again.
    if (status.textContent !== words) status.textContent = words;
    status.className = isProblem ? 'problem' : '';
    joinButton.hidden = call !== undefined || asking !== undefined;
    giveUpButton.hidden = asking === undefined;
    leaveButton.hidden = call === undefined;
    inspectButton.hidden = call === undefined;
    for (const control of [name, role, entrance, invite]) {
      control.disabled = call !== undefined || asking !== undefined;
    }
    const isGuest = entrance.value === 'a guest';
    roleLabel.hidden = isGuest;
    inviteLabel.hidden = !isGuest;
  };
  const showOut = () => show('Not in the room.');

  const enter = async () => {
    if (call || asking) return;
    const hadFocus = element.contains(document.activeElement);
    const controller = new AbortController();
    asking = controller;
    show('Asking for a token …');
    if (hadFocus) giveUpButton.focus();
    const newcomer = {
      entrance: entrance.value as Entrance,
      name: name.value,
      role: role.value as Role,
      room: room(),
      invite: readInvite(invite.value) ?? invite.value.trim(),
    };
    const { signal } = controller;
    try {
      const issued = await ask(newcomer, {
        signal,
        onWaiting: () => show('Waiting for a host to decide …'),
      });
      token = issued.token;
      const onEnd = (reason: string) => {
        call = undefined;
        show(reason);
      };
      const person = { name: newcomer.name, role: issued.role };
      call = await join({ person, token: issued, stage, onEnd });
      asking = undefined;
      show(`In the room ${issued.room ?? ''} as ${issued.role}.`);
    } catch (cause) {
      asking = undefined;
      if (signal.aborted) showOut();
      else {
        show(cause instanceof ProblemError ? `${cause.name}: ${cause.message}` : `${cause}`, true);
      }
    }
    if (document.activeElement === document.body && hadFocus) {
      (call ? leaveButton : joinButton).focus();
    }
  };

  giveUpButton.addEventListener('click', () => asking?.abort());
  leaveButton.addEventListener('click', () => {
    call?.leave();
    call = undefined;
    showOut();
    joinButton.focus();
  });
  inspectButton.addEventListener('click', () => inspect(token));
  entrance.addEventListener('change', showOut);

  const element = h(
    'form',
    {
      class: 'pane',
      'aria-label': `Pane of ${preset.name}`,
      submit: (event) => {
        event.preventDefault();
        void enter();
      },
    },
    h(
      'p',
      { class: 'steps' },
      h('label', {}, 'Name ', name),
      h('label', {}, 'Comes as ', entrance),
      roleLabel,
      inviteLabel,
    ),
    h('p', { class: 'steps' }, joinButton, giveUpButton, leaveButton, inspectButton),
    status,
    stage,
  );
  showOut();
  return {
    element,
    join: enter,
    invite: (secret) => {
      if (call || asking) return;
      entrance.value = 'a guest';
      invite.value = secret;
      showOut();
    },
  };
}

function select(values: readonly string[], selected: string): HTMLSelectElement {
  return h(
    'select',
    {},
    ...values.map((value) => h('option', { value, selected: value === selected }, value)),
  );
}
