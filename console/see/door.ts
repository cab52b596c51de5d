/** What a host does at the door of the room: says who gets in, makes invites, and lets in who waits. */
import {
  createClient,
  type Decision,
  type Knock,
  ProblemError,
  type Room,
  type RoomRequest,
} from '../../client/index.ts';
import { h } from '../elements.ts';
import { toInviteLink } from './invite-link.ts';

const ADMISSIONS = ['open', 'knock', 'closed'] as const;
const POLL_AFTER_MS = 3_000;

export interface DoorTools {
  readonly room: () => string;
  /** Gets the secret of each invite that is made here. */
  readonly onInvite: (invite: string) => void;
}

export interface Door {
  readonly element: HTMLElement;
  /** Looks again, because it is another room's now. */
  look(): void;
}

export function createDoor({ room, onInvite }: DoorTools): Door {
  const client = createClient({ url: '' });
  const admission = h(
    'select',
    { change: () => act(setAdmission) },
    ...ADMISSIONS.map((value) => h('option', { value }, value)),
  );
  const status = h('p', { role: 'status' });
  const waiting = h('ul', { class: 'waiting', 'aria-label': 'Who waits' });
  const inviteText = h('p', { class: 'invite-link' });
  const summary = h('summary', {}, 'The door');
  const shown = new Map<string, HTMLElement>();
  let watching: AbortController | undefined;
  /** How many wait, as far as the host was told. */
  let told = -1;

  const say = (words: string, isProblem = false) => {
    if (status.textContent !== words) status.textContent = words;
    status.className = isProblem ? 'problem' : '';
  };

  const act = async (what: (signal: AbortSignal | undefined) => Promise<unknown>) => {
    const signal = watching?.signal;
    try {
      await what(signal);
    } catch (cause) {
      if (signal?.aborted) return;
      say(cause instanceof ProblemError ? `${cause.name}: ${cause.message}` : `${cause}`, true);
    }
  };

  /** The room as it is; `undefined` for none. */
  const readRoom = async (signal?: AbortSignal): Promise<Room | undefined> => {
    try {
      return await client.readRoom(room(), { signal });
    } catch (cause) {
      if (cause instanceof ProblemError && cause.name === 'RoomNotFoundError') return undefined;
      throw cause;
    }
  };

  /** Rules are put as a whole: the others stay as they are. */
  const setAdmission = async () => {
    const asked = admission.value as (typeof ADMISSIONS)[number];
    const found = await readRoom();
    const ifMatch = found?.etag;
    await client.putRoom(room(), { ...toRules(found), admission: asked }, { ifMatch });
    look();
  };

  const makeInvite = async () => {
    if (!(await readRoom())) await client.putRoom(room());
    const { invite, role } = await client.createInvite(room());
    const link = toInviteLink(invite);
    inviteText.replaceChildren(
      `For one guest, as ${role}, for 24 hours: `,
      h('a', { href: link, target: '_blank', rel: 'noopener' }, link),
    );
    onInvite(invite);
  };

  const decide = async (knock: Knock, decision: Decision['decision']) => {
    await client.decideKnock(room(), knock.knockId, { decision });
    remove(knock.knockId);
    const words = decision === 'admit' ? 'may come in' : 'was turned away';
    say(`${toName(knock)} ${words}.`);
    told = shown.size;
  };

  /** Who stays stays where they are, so that nobody presses a button that has moved. */
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
    // Where the keyboard was must not be lost with the button.
    if (item?.contains(document.activeElement)) summary.focus();
    item?.remove();
  };

  const watch = async (signal?: AbortSignal) => {
    const found = await readRoom(signal);
    admission.value = found?.admission ?? 'open';
    if (found?.admission !== 'knock') return say(found ? '' : 'There is no such room yet.');
    while (!signal?.aborted) {
      const { knocks } = await client.listKnocks(room(), { signal });
      show(knocks);
      if (knocks.length !== told) {
        told = knocks.length;
        say(told === 0 ? 'Nobody waits.' : `${told} waiting.`);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_AFTER_MS));
    }
  };

  const look = () => {
    watching?.abort();
    watching = undefined;
    show([]);
    if (!element.open) return;
    watching = new AbortController();
    told = -1;
    say('');
    void act(watch);
  };

  const element = h(
    'details',
    { class: 'door', toggle: () => look() },
    summary,
    h(
      'p',
      { class: 'steps' },
      h('label', {}, 'Admission ', admission),
      h('button', { type: 'button', click: () => act(makeInvite) }, 'Make an invite'),
    ),
    inviteText,
    status,
    waiting,
  );
  return { element, look };
}

function toRules(room: Room | undefined): RoomRequest {
  const { opensAt, closesAt, defaultRole } = room ?? {};
  return {
    ...(typeof opensAt === 'number' && { opensAt }),
    ...(typeof closesAt === 'number' && { closesAt }),
    ...(defaultRole && { defaultRole }),
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
    h('strong', { title: knock.sub }, name),
    ` since ${since} `,
    h('button', { type: 'button', click: () => decide('admit') }, `Admit ${name}`),
    h('button', { type: 'button', click: () => decide('deny') }, `Deny ${name}`),
  );
}
