/**
 * Stands in for the vendor's client where the platform is a stand-in: shows who would be connected and with
 * which role, and rejects tokens that the platform would reject.
 */
import { decodeToken } from '../../lib/domain/decode-token.ts';
import { h } from '../elements.ts';
import { checkToken } from '../inspector/check-token.ts';
import type { Project } from '../project.ts';
import { type Call, type CallHooks, type JoinCall, mayPublish, maySubscribe } from './call.ts';

interface Connection extends CallHooks {
  readonly sessionId: string;
}

export function createStandInCall(project: Project): JoinCall {
  const connections = new Set<Connection>();

  const show = () => {
    for (const connection of connections) {
      const others = [...connections].filter(
        (other) => other !== connection && other.sessionId === connection.sessionId,
      );
      connection.stage.replaceChildren(
        tile(connection, connection, disconnect),
        ...others.map((other) => tile(other, connection, disconnect)),
      );
    }
  };

  const leave = (connection: Connection) => {
    connections.delete(connection);
    connection.stage.replaceChildren();
    show();
  };

  const disconnect = (connection: Connection) => {
    leave(connection);
    connection.onEnd('A moderator ended the connection.');
  };

  return async (hooks): Promise<Call> => {
    const nowSeconds = Date.now() / 1000;
    const token = decodeToken(hooks.token.token);
    const [wrong] = checkToken(token, { nowSeconds, project });
    if (wrong?.outcome === 'broken') {
      throw new Error(`The platform would reject this token. ${wrong.detail}`);
    }
    const connection = { ...hooks, sessionId: String(token.sessionId) };
    connections.add(connection);
    show();
    return { leave: () => leave(connection) };
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
