/**
 * Clients of the stand-in platform: each connects to a session with its token, as a browser would with the
 * vendor's library. They disconnect with the page.
 */
export interface StandInClient {
  /** When the client is connected: resolves to `false` once the platform has disconnected it. */
  isConnected(): Promise<boolean>;
  /** Returns when the service has handled the callback about it. */
  disconnect(): Promise<void>;
}

const PATH = '/stand-in/clients';
const ids = new Set<string>();

/** @throws Error with a sentence for the person at the page if the client cannot connect */
export async function connectClient(token: string): Promise<StandInClient> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ token });
  const response = await fetch(PATH, { method: 'POST', headers, body });
  const { connectionId, state, detail } = await response.json();
  if (!response.ok) throw new Error(`The platform rejects this token. ${detail}`);
  if (state !== 'Connected') {
    throw new Error(
      'The service disconnected this client at once: its person is banned, or has no place in a full room.',
    );
  }
  ids.add(connectionId);
  const path = `${PATH}/${connectionId}`;
  return {
    isConnected: async () => {
      // A restarted platform knows none of the clients.
      const found = await fetch(path);
      if (found.ok && (await found.json()).state === 'Connected') return true;
      ids.delete(connectionId);
      return false;
    },
    disconnect: async () => {
      ids.delete(connectionId);
      await fetch(path, { method: 'DELETE' });
    },
  };
}

addEventListener('pagehide', () => {
  for (const id of ids) void fetch(`${PATH}/${id}`, { method: 'DELETE', keepalive: true });
  ids.clear();
});
