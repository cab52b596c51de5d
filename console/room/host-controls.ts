/** What a host can do in a room: decide who gets in, invite guests, manage who is in, and set the rules. */
import {
  createClient,
  type Decision,
  type Knock,
  ProblemError,
  type Room,
  type RoomRequest,
  rulesOf,
} from '../../client/index.ts';
import { copyButton } from '../copy.ts';
import { describeError } from '../describe-error.ts';
import { h, segmented } from '../elements.ts';
import { createKeyedList } from '../keyed-list.ts';
import { repeatWhileShown } from '../repeat.ts';
import { toArguments, toHostCode } from './client-code.ts';
import { createEndMeeting } from './end-meeting.ts';
import { createFillRoom } from './fill-room.ts';
import { signInAs } from './get-token.ts';
import type { HostActions } from './host-actions.ts';
import { toInviteLink } from './invite-link.ts';
import { createPeople } from './people.ts';
import { createRulesForm } from './rules-form.ts';
import type { Trace } from './trace.ts';

const ADMISSIONS = { open: 'Everyone', knock: 'Ask to join', closed: 'Hosts only' } as const;
const KNOCKS_EVERY_MS = 3_000;
const PEOPLE_EVERY_MS = 10_000;

export interface HostControlsTools {
  readonly trace: Trace;
  /** The name of the host who acts. */
  readonly name: () => string;
  readonly onInvite: (invite: string) => void;
  /** Whether the platform is real, so that people cannot be simulated. */
  readonly isReal: boolean;
}

export interface HostControls {
  readonly element: HTMLElement;
  /** Shows the controls of a room that the host has joined. */
  open(room: string): void;
  close(): void;
  makeInvite(): Promise<unknown>;
  /** Reads who is in, because someone has joined or left. */
  refreshPeople(): void;
}

export function createHostControls({
  trace,
  name,
  onInvite,
  isReal,
}: HostControlsTools): HostControls {
  let room = '';
  let watching: AbortController | undefined;
  /** Whether the form shows the rules of the room. */
  let hasRules = false;
  /** The admission that the room has. */
  let admitted: Room['admission'] = 'open';
  /** How many wait, as was said last. */
  let said = -1;
  const admission = segmented('Who can join', ADMISSIONS, 'open', () => act(setAdmission));
  const status = h('p', { role: 'status' });
  const link = h('div', { class: 'invite-link' });
  const inviteButton = h(
    'button',
    { type: 'button', click: () => act(makeInvite) },
    'Invite a guest',
  );
  const rules = createRulesForm(() => act(saveRules));

  const say = (words: string, isProblem = false) => {
    if (status.textContent !== words) status.textContent = words;
    status.className = isProblem ? 'problem' : 'help';
  };

  /** Shows errors, except those of a room that is not shown any more. */
  const act: HostActions['act'] = async (action) => {
    const signal = watching?.signal;
    try {
      await action(signal);
      return true;
    } catch (cause) {
      if (signal?.aborted) return false;
      const errors = cause instanceof ProblemError ? cause.errors : [];
      const isPlaced = errors.map(({ pointer, detail }) => rules.blame(pointer, detail));
      const isAllPlaced = isPlaced.length > 0 && isPlaced.every(Boolean);
      say(isAllPlaced ? '' : describeError(cause), true);
      return false;
    }
  };

  /** Repeats a read. Its error is shown until it works again. */
  const keepReading = (everyMs: number, signal: AbortSignal, read: () => Promise<unknown>) => {
    let hasFailed = false;
    return repeatWhileShown(element, { everyMs, signal }, async () => {
      const hasWorked = await act(read);
      if (hasWorked && hasFailed) say('');
      hasFailed = !hasWorked;
    });
  };

  const connection = () => ({ url: '', headers: signInAs(name(), 'moderator') });
  const fetchFor: HostActions['fetchFor'] = (title, call, result) =>
    trace.fetchFor({ title, code: toHostCode(location.origin, call, result) });
  const clientFor: HostActions['clientFor'] = (...step) =>
    createClient({ ...connection(), fetch: fetchFor(...step) });
  const quietClient = () => createClient(connection());
  const actions = { room: () => room, name, say, act, fetchFor, clientFor, quietClient };
  const people = createPeople(actions);
  const refreshPeople = () => {
    const signal = watching?.signal;
    if (signal && !signal.aborted) void act(() => people.refresh(signal));
  };

  const filling = isReal ? undefined : createFillRoom(actions, refreshPeople);

  const showRoom = (found: Room) => {
    admitted = found.admission;
    admission.value = admitted;
    people.setLimit(found.maxParticipants);
    filling?.show(found.maxParticipants);
  };

  /** `PUT` replaces all rules, so the others are sent unchanged. */
  const changeRules = async (title: string, found: Room, change: RoomRequest) => {
    const given = Object.entries({ ...rulesOf(found), ...change });
    const request = Object.fromEntries(given.filter(([, value]) => value !== undefined));
    const call = `putRoom(${toArguments(room, request)})`;
    const changed = await clientFor(title, call).putRoom(room, request, { ifMatch: found.etag });
    showRoom(changed);
    return changed;
  };

  const setAdmission = async () => {
    const wanted = admission.value;
    const words = ADMISSIONS[wanted].toLowerCase();
    rules.forgive();
    try {
      const found = await quietClient().readRoom(room);
      const title = `${name()} sets who can join: ${words}`;
      await changeRules(title, found, { admission: wanted });
    } catch (cause) {
      admission.value = admitted;
      throw cause;
    }
    restart();
  };

  const saveRules = async () => {
    rules.forgive();
    const found = await quietClient().readRoom(room);
    if (!rules.isBasedOn(found)) {
      rules.write(found);
      throw new Error('Another host has changed the rules. The form shows them now.');
    }
    rules.rebase(await changeRules(`${name()} changes the rules`, found, rules.read()));
    say('Rules saved.');
  };

  const makeInvite = async () => {
    const title = `${name()} invites a guest`;
    const client = clientFor(title, `createInvite(${toArguments(room)})`, '{ invite }');
    const { invite, role } = await client.createInvite(room);
    const href = toInviteLink(invite);
    link.replaceChildren(
      h('p', { class: 'help' }, `For one guest, as ${role}, valid for 24 hours:`),
      h('a', { href, target: '_blank', rel: 'noopener' }, href),
      copyButton('the invite link', () => href),
    );
    onInvite(invite);
  };

  const decide = async (knock: Knock, decision: Decision['decision']) => {
    const person = toName(knock);
    const title = `${name()} ${decision === 'admit' ? 'admits' : 'denies'} ${person}`;
    const call = `decideKnock(${toArguments(room, knock.knockId, { decision })})`;
    await clientFor(title, call).decideKnock(room, knock.knockId, { decision });
    waiting.remove(knock.knockId);
    say(`${person} was ${decision === 'admit' ? 'admitted' : 'denied'}.`);
    said = waiting.size;
  };

  const waiting = createKeyedList<Knock>({
    label: 'Waiting room',
    class: 'rows waiting',
    idOf: ({ knockId }) => knockId,
    create: (knock) => ({
      element: toItem(knock, (decision) => act(() => decide(knock, decision))),
    }),
    focusAfter: () => inviteButton,
  });

  const watchKnocks = (signal: AbortSignal) => {
    const code = `listKnocks(${toArguments(room)})`;
    const client = clientFor(`${name()} looks into the waiting room`, code, '{ knocks }');
    return keepReading(KNOCKS_EVERY_MS, signal, async () => {
      const { knocks } = await client.listKnocks(room, { signal });
      waiting.show(knocks);
      if (signal.aborted || knocks.length === said) return;
      said = knocks.length;
      say(said === 0 ? 'No one is waiting.' : `${said} waiting.`);
    });
  };

  const watch = async (signal: AbortSignal) => {
    const found = await quietClient().readRoom(room, { signal });
    if (signal.aborted) return;
    showRoom(found);
    // Later, the form may have changes that are not saved yet.
    if (!hasRules) rules.write(found);
    hasRules = true;
    void keepReading(PEOPLE_EVERY_MS, signal, () => people.refresh(signal));
    if (found.admission === 'knock') void watchKnocks(signal);
  };

  const restart = () => {
    watching?.abort();
    const controller = new AbortController();
    watching = controller;
    said = -1;
    waiting.show([]);
    say('');
    void act(() => watch(controller.signal));
  };

  const ending = createEndMeeting(actions, people.names);
  const element = h(
    'div',
    { class: 'host-controls card', hidden: true },
    h('h3', {}, 'Host controls'),
    h('div', { class: 'controls-row' }, admission.element, inviteButton),
    link,
    status,
    waiting.element,
    people.element,
    filling?.element,
    rules.element,
    ending.element,
  );
  return {
    element,
    open: (joined) => {
      if (joined !== room) {
        link.replaceChildren();
        people.clear();
      }
      room = joined;
      hasRules = false;
      element.hidden = false;
      restart();
    },
    close: () => {
      watching?.abort();
      ending.close();
      element.hidden = true;
    },
    makeInvite: () => act(makeInvite),
    refreshPeople,
  };
}

const toName = ({ name, sub }: Knock) => name ?? sub;

function toItem(
  knock: Knock,
  decide: (decision: Decision['decision']) => Promise<unknown>,
): HTMLElement {
  const name = toName(knock);
  const since = new Date(knock.since * 1000).toLocaleTimeString();
  return h(
    'li',
    {},
    h(
      'div',
      {},
      h('strong', { title: knock.sub }, name),
      h('span', { class: 'help' }, ` since ${since}`),
    ),
    h(
      'button',
      { type: 'button', class: 'primary', click: () => decide('admit') },
      `Admit ${name}`,
    ),
    h('button', { type: 'button', click: () => decide('deny') }, `Deny ${name}`),
  );
}
