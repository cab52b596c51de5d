/** What a host can do: invite guests, turn the waiting room on and off, and admit people. */
import { createClient, type Knock, rulesOf } from 'opentok-sessions-client';
import { find } from './find.ts';
import { getSignInToken, type SignIn, url } from './sign-in.ts';

const POLL_MS = 3000;

/** Shows the host's controls until `signal` is aborted. */
export function openHostControls(
  room: string,
  user: SignIn,
  { signal, onProblem }: { signal: AbortSignal; onProblem: (error: unknown) => void },
): void {
  // #region client
  const client = createClient({
    url,
    headers: async () => ({ authorization: `Bearer ${await getSignInToken(user)}` }),
  });
  // #endregion
  const section = find('host');
  const waitingRoom = find<HTMLInputElement>('waiting-room');
  const list = find('knocks');
  /** Calls the API, and shows an error unless the call is over. */
  const attempt = (work: () => Promise<unknown>) =>
    work().catch((error) => signal.aborted || onProblem(error));
  const on = (element: HTMLElement, event: string, work: () => Promise<unknown>) =>
    element.addEventListener(event, () => attempt(work), { signal });

  on(find('invite'), 'click', async () => {
    // #region invite
    // `0` stands for 24 hours. After the `#`, browsers send the secret to no server.
    const { invite } = await client.createInvite(room, { expireTime: 0, maxGuests: 1 }, { signal });
    const link = `${location.origin}${location.pathname}#invite=${invite}`;
    // #endregion
    const input = find<HTMLInputElement>('link');
    input.value = link;
    find('link-field').hidden = false;
    input.select();
  });

  on(waitingRoom, 'change', async () => {
    const admission = waitingRoom.checked ? 'knock' : 'open';
    try {
      const rules = rulesOf(await client.readRoom(room, { signal }));
      // Rules that keep people out start a new session, unless a host has put the room before.
      const { etag } = await client.putRoom(room, rules, { signal });
      await client.putRoom(room, { ...rules, admission }, { signal, ifMatch: etag });
    } catch (error) {
      waitingRoom.checked = !waitingRoom.checked;
      throw error;
    }
  });

  const show = (knocks: readonly Knock[]) => {
    const shown = new Map([...list.children].map((item) => [item.id, item]));
    for (const knock of knocks) {
      if (!shown.delete(knock.knockId)) list.append(toItem(knock));
    }
    for (const item of shown.values()) remove(item);
  };

  const remove = (item: Element) => {
    // The focus must not be lost with a button.
    if (item.contains(document.activeElement)) waitingRoom.focus();
    item.remove();
  };

  const toItem = ({ knockId, name, sub }: Knock) => {
    const item = Object.assign(document.createElement('li'), { id: knockId });
    const person = name ?? sub;
    for (const decision of ['admit', 'deny'] as const) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = `${decision === 'admit' ? 'Admit' : 'Deny'} ${person}`;
      on(button, 'click', async () => {
        await client.decideKnock(room, knockId, { decision }, { signal });
        remove(item);
      });
      item.append(button);
    }
    return item;
  };

  const poll = async () => {
    if (waitingRoom.checked) show((await client.listKnocks(room, { signal })).knocks);
    else show([]);
  };
  const timer = setInterval(() => attempt(poll), POLL_MS);
  signal.addEventListener('abort', () => {
    clearInterval(timer);
    show([]);
    section.hidden = true;
    find('link-field').hidden = true;
  });
  section.hidden = false;
  attempt(async () => {
    waitingRoom.checked = (await client.readRoom(room, { signal })).admission === 'knock';
    await poll();
  });
}
