/** What a host can do in a room: decide who gets in, invite guests, admit who waits, and set the rules. */
import {
  type Client,
  createClient,
  type Decision,
  type Knock,
  ProblemError,
  type Role,
  type Room,
  type RoomRequest,
} from '../../client/index.ts';
import { copyButton } from '../copy.ts';
import { describeError } from '../describe-error.ts';
import { h, newId, segmented } from '../elements.ts';
import { createField, type FieldControl } from '../explorer/field.ts';
import type { Field } from '../operations.ts';
import { toArguments, toHostCode } from './client-code.ts';
import { signInAs } from './get-token.ts';
import { toInviteLink } from './invite-link.ts';
import type { Trace } from './trace.ts';

const ADMISSIONS = { open: 'Everyone', knock: 'Ask to join', closed: 'Hosts only' } as const;
const POLL_AFTER_MS = 3_000;

export interface HostControlsTools {
  readonly trace: Trace;
  /** The name of the host who acts. */
  readonly name: () => string;
  readonly onInvite: (invite: string) => void;
}

export interface HostControls {
  readonly element: HTMLElement;
  /** Shows the controls of a room that the host has joined. */
  open(room: string): void;
  close(): void;
  makeInvite(): Promise<void>;
}

export function createHostControls({ trace, name, onInvite }: HostControlsTools): HostControls {
  let room = '';
  let watching: AbortController | undefined;
  /** How many wait, as was said last. */
  let said = -1;
  const shown = new Map<string, HTMLElement>();
  const admission = segmented('Who can join', ADMISSIONS, 'open', () => act(setAdmission));
  const status = h('p', { role: 'status' });
  const waiting = h('ul', { class: 'waiting', 'aria-label': 'Waiting room' });
  const link = h('div', { class: 'invite-link' });
  const inviteButton = h(
    'button',
    { type: 'button', click: () => act(makeInvite) },
    'Invite a guest',
  );
  const rules = createRules(() => act(saveRules));

  const say = (words: string, isProblem = false) => {
    if (status.textContent !== words) status.textContent = words;
    status.className = isProblem ? 'problem' : 'help';
  };

  /** Shows errors, except those of a room that is not shown any more. */
  const act = async (action: (signal: AbortSignal | undefined) => Promise<unknown>) => {
    const signal = watching?.signal;
    try {
      await action(signal);
    } catch (cause) {
      if (signal?.aborted) return;
      const errors = cause instanceof ProblemError ? cause.errors : [];
      const isPlaced = errors.map(({ pointer, detail }) => rules.blame(pointer, detail));
      const isAllPlaced = isPlaced.length > 0 && isPlaced.every(Boolean);
      say(isAllPlaced ? '' : describeError(cause), true);
    }
  };

  const clientFor = (title: string, call: string, result?: string): Client =>
    createClient({
      url: '',
      headers: signInAs(name(), 'moderator'),
      fetch: trace.fetchFor({ title, code: toHostCode(location.origin, call, result) }),
    });

  /** Not recorded: the page reads rooms to show them, which an app with fixed rules need not. */
  const readRoom = (signal?: AbortSignal): Promise<Room> =>
    createClient({ url: '', headers: signInAs(name(), 'moderator') }).readRoom(room, { signal });

  /** `PUT` replaces all rules, so the others are sent unchanged. */
  const changeRules = async (title: string, change: RoomRequest) => {
    const found = await readRoom();
    const kept = Object.entries(toRules(found)).filter(([key]) => !(key in change));
    const given = Object.entries(change).filter(([, value]) => value !== undefined);
    const request: RoomRequest = Object.fromEntries([...kept, ...given]);
    const call = `putRoom(${toArguments(room, request)})`;
    await clientFor(title, call).putRoom(room, request, { ifMatch: found.etag });
  };

  const setAdmission = async () => {
    const wanted = admission.value;
    const words = ADMISSIONS[wanted].toLowerCase();
    await changeRules(`${name()} sets who can join: ${words}`, { admission: wanted });
    restart();
  };

  const saveRules = async () => {
    rules.forgive();
    await changeRules(`${name()} changes the rules`, rules.read());
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
    remove(knock.knockId);
    say(`${person} was ${decision === 'admit' ? 'admitted' : 'denied'}.`);
    said = shown.size;
  };

  /** Items that stay keep their place, so that no button moves under a pointer. */
  const show = (knocks: readonly Knock[]) => {
    const ids = new Set(knocks.map(({ knockId }) => knockId));
    for (const knockId of shown.keys()) if (!ids.has(knockId)) remove(knockId);
    for (const knock of knocks.filter(({ knockId }) => !shown.has(knockId))) {
      const item = toItem(knock, (decision) => act(() => decide(knock, decision)));
      shown.set(knock.knockId, item);
      waiting.append(item);
    }
  };

  const remove = (knockId: string) => {
    const item = shown.get(knockId);
    shown.delete(knockId);
    // The focus must not be lost with the button.
    if (item?.contains(document.activeElement)) inviteButton.focus();
    item?.remove();
  };

  const watch = async (signal?: AbortSignal) => {
    const found = await readRoom(signal);
    if (signal?.aborted) return;
    admission.value = found.admission;
    rules.write(found);
    if (found.admission !== 'knock') return say('');
    const code = `listKnocks(${toArguments(room)})`;
    const client = clientFor(`${name()} looks into the waiting room`, code, '{ knocks }');
    while (!signal?.aborted) {
      const { knocks } = await client.listKnocks(room, { signal });
      show(knocks);
      if (knocks.length !== said) {
        said = knocks.length;
        say(said === 0 ? 'No one is waiting.' : `${said} waiting.`);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_AFTER_MS));
    }
  };

  const restart = () => {
    watching?.abort();
    watching = new AbortController();
    said = -1;
    show([]);
    say('');
    void act(watch);
  };

  const element = h(
    'div',
    { class: 'host-controls', hidden: true },
    h('h4', {}, 'Host controls'),
    h('div', { class: 'controls-row' }, admission.element, inviteButton),
    link,
    status,
    waiting,
    rules.element,
  );
  return {
    element,
    open: (joined) => {
      if (joined !== room) link.replaceChildren();
      room = joined;
      element.hidden = false;
      restart();
    },
    close: () => {
      watching?.abort();
      element.hidden = true;
    },
    makeInvite: () => act(makeInvite),
  };
}

/** `etag`, the session and the rest of a room are not rules. */
function toRules({ opensAt, closesAt, admission, defaultRole }: Room): RoomRequest {
  return {
    ...(typeof opensAt === 'number' && { opensAt }),
    ...(typeof closesAt === 'number' && { closesAt }),
    admission,
    ...(defaultRole && { defaultRole }),
  };
}

const ROLES: readonly Role[] = ['publisher', 'subscriber', 'moderator', 'publisheronly'];
const RULE: Field = {
  ...{ name: '', pointer: '', kind: 'time', description: '', isRequired: false, choices: [] },
  ...{
    default: undefined,
    example: undefined,
    maxLength: undefined,
    pattern: undefined,
    fields: [],
  },
};

interface Rules extends Pick<FieldControl, 'element' | 'forgive'> {
  read(): RoomRequest;
  write(room: Room): void;
  blame(pointer: string, detail: string): boolean;
}

function createRules(save: () => void): Rules {
  const fields = [
    { ...RULE, name: 'opensAt', description: 'From then on others than hosts can join.' },
    { ...RULE, name: 'closesAt', description: 'From then on no one gets a token.' },
    {
      ...({ ...RULE, name: 'defaultRole', kind: 'choice', choices: ROLES } as const),
      description: 'The role of callers who request none.',
    },
  ].map((field) => ({ ...field, pointer: `#/${field.name}` }));
  const controls = fields.map((field) =>
    createField(field, { onChange: () => undefined, sourceOf: () => undefined }),
  );
  const id = newId('rules');
  return {
    element: h(
      'details',
      { class: 'group' },
      h('summary', { id }, 'Rules of the room'),
      ...controls.map((control) => control.element),
      h('button', { type: 'button', click: save }, 'Save rules'),
    ),
    forgive: () => {
      for (const control of controls) control.forgive();
    },
    read: () =>
      Object.fromEntries(fields.map(({ name }, index) => [name, controls[index]?.read()])),
    write: (room) => {
      const texts = fields.map(
        ({ name }) => [name, String(room[name as keyof Room] ?? '')] as const,
      );
      for (const control of controls) control.load(new Map(texts));
    },
    blame: (pointer, detail) =>
      controls.some((control) => control.blame(pointer, detail) !== undefined),
  };
}

const toName = ({ name, sub }: Knock) => name ?? sub;

function toItem(
  knock: Knock,
  decide: (decision: Decision['decision']) => Promise<void>,
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
