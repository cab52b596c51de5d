/** The page of `npm start`: a demo of a room, an explorer of the API, and an inspector of tokens. */
import { type Address, readAddress, type View } from './address.ts';
import { describeError } from './describe-error.ts';
import { find, h } from './elements.ts';
import { type Explorer, openExplorer } from './explorer/panel.ts';
import { openInspector } from './inspector/panel.ts';
import { type ApiDocument, readOperations } from './operations.ts';
import { describeProject, readProject } from './project.ts';
import { takeInvite } from './room/invite-link.ts';
import { openRoomDemo } from './room/panel.ts';
import { writeAddress } from './write-address.ts';

const VIEWS: Readonly<Record<View, string>> = {
  room: 'Join a room',
  api: 'API explorer',
  token: 'Token inspector',
};

const project = readProject(document.documentElement);
find('project').textContent = describeProject(project);

let explorer: Explorer | undefined;

const showView = (view: View) => {
  for (const [name, title] of Object.entries(VIEWS)) {
    const isShown = name === view;
    find(name).hidden = !isShown;
    if (isShown) document.title = `${title} · opentok-sessions`;
    const link = document.querySelector(`nav a[href="#/${name}"]`);
    if (isShown) link?.setAttribute('aria-current', 'page');
    else link?.removeAttribute('aria-current');
  }
};

const inspectToken = openInspector({
  project,
  onSession: (sessionId) => {
    showView('api');
    explorer?.fill('issueToken', { sessionId });
  },
  onInvite: (invite) => {
    showView('room');
    demo.invite(invite);
    demo.share();
  },
});
const inspect = (token: string) => {
  showView('token');
  writeAddress({ view: 'token', operation: '', values: {} });
  inspectToken(token);
  scrollTo({ top: 0 });
};
const demo = openRoomDemo(project, inspect);

const openAddress = ({ view, operation, values }: Address) => {
  showView(view);
  if (view === 'room') demo.load(values);
  if (view === 'api') explorer?.open(operation, values);
};

/** Tries again with a button, because `npm start` may have been stopped and started. */
const loadExplorer = async () => {
  const place = find('api-panel');
  place.replaceChildren(h('p', { class: 'help', role: 'status' }, 'Loading the operations …'));
  try {
    const response = await fetch('/openapi.json');
    if (!response.ok) throw new Error(`/openapi.json returned ${response.status}.`);
    const operations = readOperations((await response.json()) as ApiDocument);
    place.replaceChildren();
    explorer = openExplorer(operations, inspect);
    const address = readAddress(location.hash);
    if (address?.view === 'api') openAddress(address);
  } catch (cause) {
    place.replaceChildren(
      h('p', { class: 'problem', role: 'alert' }, describeError(cause)),
      h('button', { type: 'button', class: 'primary', click: loadExplorer }, 'Try again'),
    );
  }
};

openAddress(readAddress(location.hash) ?? { view: 'room', operation: '', values: {} });
addEventListener('hashchange', () => {
  const address = readAddress(location.hash);
  if (address) openAddress(address);
});
takeInvite((invite) => {
  showView('room');
  demo.invite(invite);
});
document.querySelector('.skip')?.addEventListener('click', (event) => {
  // A link to `#main` would replace the state in the address.
  event.preventDefault();
  find('main').focus();
});
await loadExplorer();
