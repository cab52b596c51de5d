/** Two people who join one room, each with a pane of their own. */
import { createTokenSource, ProblemError, type Role } from '../../client/index.ts';
import { find, h } from '../elements.ts';
import type { Project } from '../project.ts';
import type { Call, JoinCall } from './call.ts';
import { createStandInCall } from './stand-in-call.ts';
import { createVendorCall } from './vendor-call.ts';

const ROLES: readonly Role[] = ['publisher', 'subscriber', 'moderator', 'publisheronly'];

/** @param inspect shows the token that somebody joined with to the inspector */
export function openSee(project: Project, inspect: (token: string) => void): void {
  const join = project.isReal ? createVendorCall(project) : createStandInCall(project);
  const room = h('input', { value: 'standup', spellcheck: 'false', autocomplete: 'off' });
  const panes = [
    createPane({ name: 'Ada', role: 'publisher' }, { join, inspect, room: () => room.value }),
    createPane({ name: 'Grace', role: 'moderator' }, { join, inspect, room: () => room.value }),
  ];
  const joinBoth = () => Promise.all(panes.map((pane) => pane.join()));
  find('see').append(
    h(
      'p',
      { class: 'steps' },
      h('label', {}, 'Room ', room),
      h('button', { type: 'button', class: 'primary', click: joinBoth }, 'Join both'),
    ),
    h('div', { class: 'panes' }, ...panes.map(({ element }) => element)),
  );
}

interface PaneTools {
  readonly join: JoinCall;
  readonly inspect: (token: string) => void;
  readonly room: () => string;
}

function createPane(
  preset: { readonly name: string; readonly role: Role },
  { join, inspect, room }: PaneTools,
): { readonly element: HTMLElement; join(): Promise<void> } {
  const name = h('input', { value: preset.name, size: 10, autocomplete: 'off' });
  const role = h(
    'select',
    {},
    ...ROLES.map((value) => h('option', { value, selected: value === preset.role }, value)),
  );
  const status = h('p', { role: 'status' }, 'Not in the room.');
  const stage = h('div', { class: 'stage' });
  const joinButton = h('button', { type: 'submit', class: 'primary' }, 'Join');
  const leaveButton = h('button', { type: 'button' }, 'Leave');
  const inspectButton = h('button', { type: 'button' }, 'Inspect the token');
  let call: Call | undefined;
  let token = '';

  const show = (words: string, isProblem = false) => {
    status.textContent = words;
    status.className = isProblem ? 'problem' : '';
    joinButton.hidden = call !== undefined;
    leaveButton.hidden = call === undefined;
    inspectButton.hidden = call === undefined;
    for (const control of [name, role]) control.disabled = call !== undefined;
  };

  const enter = async () => {
    if (call) return;
    const person = { name: name.value, role: role.value as Role };
    joinButton.disabled = true;
    show('Asking for a token …');
    try {
      const source = createTokenSource({
        url: '',
        room: room(),
        role: person.role,
        data: `name=${person.name}`,
      });
      const issued = await source.fetch();
      token = issued.token;
      const onEnd = (reason: string) => {
        call = undefined;
        show(reason);
      };
      call = await join({ person, token: issued, stage, onEnd });
      show(`In the room ${issued.room ?? ''} as ${issued.role}.`);
    } catch (cause) {
      const words = cause instanceof ProblemError ? `${cause.name}: ${cause.message}` : `${cause}`;
      show(words, true);
    }
    joinButton.disabled = false;
  };

  leaveButton.addEventListener('click', () => {
    call?.leave();
    call = undefined;
    show('Not in the room.');
  });
  inspectButton.addEventListener('click', () => inspect(token));
  show('Not in the room.');

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
    h('p', { class: 'steps' }, h('label', {}, 'Name ', name), h('label', {}, 'Role ', role)),
    h('p', { class: 'steps' }, joinButton, leaveButton, inspectButton),
    status,
    stage,
  );
  return { element, join: enter };
}
