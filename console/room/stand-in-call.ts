/**
 * Stands in for the vendor's client where the platform is a stand-in: connects a simulated client with the
 * token, and shows who is connected from this page and with which role.
 */
import { h } from '../elements.ts';
import { type Call, type CallHooks, type JoinCall, mayPublish, maySubscribe } from './call.ts';
import { connectClient, type StandInClient } from './stand-in-clients.ts';

interface Connection extends CallHooks {
  readonly client: StandInClient;
}

/** How often the page reads whether its clients are connected still. */
const LOOK_EVERY_MS = 1_000;

export function createStandInCall(): JoinCall {
  const connections = new Set<Connection>();
  let timer: ReturnType<typeof setInterval> | undefined;

  const show = () => {
    for (const connection of connections) {
      const others = [...connections].filter(
        (other) => other !== connection && other.token.sessionId === connection.token.sessionId,
      );
      connection.stage.replaceChildren(
        tile(connection, connection, disconnect),
        ...others.map((other) => tile(other, connection, disconnect)),
      );
    }
  };

  const remove = (connection: Connection): boolean => {
    const wasThere = connections.delete(connection);
    if (connections.size === 0) clearInterval(timer);
    if (wasThere) connection.stage.replaceChildren();
    show();
    return wasThere;
  };

  const look = () => {
    for (const connection of connections) {
      connection.client.isConnected().then(
        (isConnected) => {
          if (!isConnected && remove(connection)) {
            connection.onEnd('A moderator ended the connection.');
          }
        },
        // npm start does not respond. A client of the vendor would reconnect, too.
        () => undefined,
      );
    }
  };

  const disconnect = async ({ client }: Connection) => {
    await client.disconnect().catch(() => undefined);
    look();
  };

  return async (hooks): Promise<Call> => {
    const connection = { ...hooks, client: await connectClient(hooks.token.token) };
    if (connections.size === 0) timer = setInterval(look, LOOK_EVERY_MS);
    connections.add(connection);
    show();
    return {
      leave: () => {
        remove(connection);
        return connection.client.disconnect().catch(() => undefined);
      },
    };
  };
}

/** One person as another sees them, or as they see themselves. */
function tile(
  shown: Connection,
  seenBy: Connection,
  disconnect: (connection: Connection) => void,
): HTMLElement {
  const { name, role } = shown.person;
  const isSelf = shown === seenBy;
  const isSeen = mayPublish(role) && (isSelf || maySubscribe(seenBy.person.role));
  const words = [
    isSelf ? 'you' : '',
    role,
    mayPublish(role) ? (isSeen ? 'sends' : 'sends, not shown to you') : 'receives only',
  ];
  return h(
    'div',
    { class: isSeen ? 'tile live' : 'tile' },
    h('span', { class: 'face', 'aria-hidden': true }, name.slice(0, 1).toUpperCase() || '?'),
    h('strong', {}, name),
    h('span', { class: 'tile-role' }, words.filter(Boolean).join(' · ')),
    !isSelf &&
      seenBy.person.role === 'moderator' &&
      h('button', { type: 'button', click: () => disconnect(shown) }, `Disconnect ${name}`),
  );
}
