/** The page: a form to join, then the room. */
import { readInvite } from 'opentok-sessions-client';
import { type FormEvent, useState } from 'react';
import { Call } from './call.tsx';
import { useVideoToken } from './use-video-token.ts';

/** The API. `npm start` trusts every caller; a deployment needs `getHeaders` with the user's sign-in token. */
const url: string = import.meta.env.VITE_API_URL || 'http://localhost:3000';

/** Of a guest: from the link, or after a reload from the state of the page. */
const invite: string | undefined = readInvite(location.hash) ?? history.state?.invite;
// Out of the address bar, so that it is not copied from there.
if (invite) history.replaceState({ invite }, '', location.pathname);

/** The made-up projects of `npm start`. No media server accepts their tokens. */
const MADE_UP_PROJECTS = ['12345678', '00000000-0000-4000-8000-000000000000'];

interface Visit {
  readonly name: string;
  readonly room: string;
}

export function App() {
  const [visit, setVisit] = useState<Visit>();
  const join = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    setVisit({ name: String(fields.get('name')), room: String(fields.get('room')) });
  };
  return (
    <>
      <h1>Video call</h1>
      {visit ? (
        <Room {...visit} onLeave={() => setVisit(undefined)} />
      ) : (
        <form onSubmit={join}>
          <label>
            Your name <input name="name" required maxLength={64} autoComplete="name" />
          </label>
          {!invite && (
            <label>
              Room <input name="room" required maxLength={128} defaultValue="standup" />
            </label>
          )}
          <button type="submit">Join</button>
        </form>
      )}
    </>
  );
}

function Room({ name, room, onLeave }: Visit & { readonly onLeave: () => void }) {
  const [state, retry] = useVideoToken({ url, name, ...(invite ? { invite } : { room }) });
  const [problem, setProblem] = useState<unknown>();
  const failure = state.status === 'failed' ? state.error : problem;
  const join = () => {
    setProblem(undefined);
    retry();
  };
  return (
    <>
      <p role="status">{failure ? '' : STATUS[state.status]}</p>
      {failure ? <p role="alert">{describe(failure)}</p> : null}
      {state.status === 'ready' &&
        (MADE_UP_PROJECTS.includes(state.token.applicationId ?? state.token.apiKey) ? (
          <p>
            No media: <code>npm start</code> stands in for the video platform.
          </p>
        ) : (
          <Call token={state.token} name={name} onEnd={setProblem} />
        ))}
      {failure ? (
        <button type="button" onClick={join}>
          Try again
        </button>
      ) : null}
      <button type="button" onClick={onLeave}>
        Leave
      </button>
    </>
  );
}

const STATUS = {
  loading: 'Joining …',
  waiting: 'Waiting for the host to let you in …',
  ready: 'You are in the room.',
  failed: '',
};

/** Some errors of the vendor's library have no text but their name. */
function describe(failure: unknown): string {
  if (failure instanceof Error) return `${failure.message} (${failure.name})`;
  return `The connection has ended (${failure}).`;
}
