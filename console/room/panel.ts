/** The first screen: a host and a second person join one room, beside the requests and the code for it. */
import { createClient, ProblemError } from '../../client/index.ts';
import { find, h } from '../elements.ts';
import { createPopover } from '../popover.ts';
import type { Project } from '../project.ts';
import { writeAddress } from '../write-address.ts';
import { toArguments, toHostCode, toJoinCode } from './client-code.ts';
import { type Newcomer, signInAs } from './get-token.ts';
import { createHostControls } from './host-controls.ts';
import { createPane } from './pane.ts';
import { createRoomPicker } from './room-picker.ts';
import { createStandInCall } from './stand-in-call.ts';
import { createTrace } from './trace.ts';
import { createVendorCall } from './vendor-call.ts';

export interface RoomDemo {
  /** Makes the second person a guest with this invite. */
  invite(secret: string): void;
  load(values: Readonly<Record<string, string>>): void;
  /** Writes the state into the address. */
  share(): void;
}

/** @param inspect Shows a token in the inspector. */
export function openRoomDemo(project: Project, inspect: (token: string) => void): RoomDemo {
  const join = project.isReal ? createVendorCall(project) : createStandInCall();
  const idName = project.kind === 'vonage' ? 'applicationId' : 'apiKey';
  const trace = createTrace();
  const room = h('input', { value: 'standup', spellcheck: 'false', autocomplete: 'off' });
  const fetchFor = (newcomer: Newcomer) => {
    const title = `${newcomer.name} joins${newcomer.kind === 'guest' ? ' as a guest' : ''}`;
    return trace.fetchFor({ title, code: toJoinCode(location.origin, newcomer, idName) });
  };

  /** A room that a host creates keeps its session when the host restricts who can join. */
  const createRoom = async ({ name, room }: Newcomer) => {
    const connection = { url: '', headers: signInAs(name, 'moderator') };
    try {
      await createClient(connection).readRoom(room);
    } catch (cause) {
      if (!(cause instanceof ProblemError) || cause.name !== 'RoomNotFoundError') throw cause;
      const code = toHostCode(location.origin, `putRoom(${toArguments(room)})`);
      const fetch = trace.fetchFor({ title: `${name} creates the room`, code });
      await createClient({ ...connection, fetch }).putRoom(room);
    }
  };

  const common = { join, inspect, room: () => room.value, fetchFor };
  const second = createPane({
    ...{ ...common, title: 'Second person', name: 'Grace', isHost: false },
    onChange: () => share(),
    onJoined: () => controls.refreshPeople(),
    onLeft: () => controls.refreshPeople(),
  });
  const controls = createHostControls({
    ...{ trace, name: () => host.name(), onInvite: second.invite },
    isReal: project.isReal,
  });
  const host = createPane({
    ...{ ...common, title: 'Host (moderator)', name: 'Ada', isHost: true },
    prepare: createRoom,
    onJoined: controls.open,
    onLeft: controls.close,
  });
  host.element.append(controls.element);

  const joinBoth = async () => {
    await host.join();
    if (second.lacksInvite()) await controls.makeInvite();
    await second.join();
  };
  const share = () => {
    if (find('room').hidden) return;
    const values = { room: room.value, ...second.save() };
    writeAddress({ view: 'room', operation: '', values });
  };
  room.addEventListener('input', share);

  const picker = createRoomPicker({
    clientFor: (call) =>
      createClient({
        url: '',
        headers: signInAs(host.name(), 'moderator'),
        fetch: trace.fetchFor({
          title: `${host.name()} lists the rooms`,
          code: toHostCode(location.origin, call, '{ rooms, next }'),
        }),
      }),
    onPick: (name) => {
      room.value = name;
      room.focus();
      share();
    },
  });

  find('room-panel').append(
    h(
      'div',
      { class: 'toolbar' },
      h('label', { class: 'inline' }, h('span', {}, 'Room'), room),
      picker,
      h('button', { type: 'button', class: 'primary', click: joinBoth }, 'Join both'),
      platformBadge(project),
    ),
    h('div', { class: 'demo' }, host.element, second.element, trace.element),
  );
  return {
    invite: (secret) => {
      second.invite(secret);
      second.element.scrollIntoView({ block: 'nearest' });
    },
    load: (values) => {
      if (values['room']) room.value = values['room'];
      if (values['as'] || values['role']) second.load(values);
    },
    share,
  };
}

function platformBadge({ isReal, kind }: Project): HTMLElement {
  if (isReal)
    return h('span', { class: 'badge real' }, 'Real platform: uses your camera and microphone');
  const names =
    kind === 'vonage'
      ? 'VONAGE_APPLICATION_ID=… VONAGE_PRIVATE_KEY_FILE=private.key'
      : 'OPENTOK_API_KEY=… OPENTOK_API_SECRET=…';
  return createPopover(
    { class: 'badge', label: 'Stand-in platform: no video' },
    h(
      'p',
      {},
      'Tokens, roles and rules are real. Only the platform behind them is local. For video:',
    ),
    h(
      'ol',
      {},
      h(
        'li',
        {},
        kind === 'vonage'
          ? 'Copy the id of your application, and its private key, from the Vonage dashboard.'
          : 'Copy the API key and secret of your project from the OpenTok account page.',
      ),
      h(
        'li',
        {},
        'Stop npm start, and start it with the project:',
        h('pre', {}, `${names} npm start`),
      ),
      h('li', {}, 'Reload this page, and allow the camera and the microphone.'),
    ),
  ).element;
}
