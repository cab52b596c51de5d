/** One call: connects with the vendor's library, publishes, subscribes and leaves. */
import type { FetchedToken } from 'opentok-sessions-client';
import { loadLibrary, type OT } from './library.ts';

export interface Call {
  setMicrophone(isOn: boolean): void;
  setCamera(isOn: boolean): void;
  leave(): void;
}

export interface CallOptions {
  /** Shown to the others. */
  readonly name: string;
  /** Each video is a separate element in it. */
  readonly videos: HTMLElement;
  /** Called when the connection ends other than by `leave`, with the platform's reason. */
  readonly onEnd: (reason: string) => void;
  /** Called when a video fails. The call continues. */
  readonly onProblem: (error: unknown) => void;
}

// #region call
/** `append` adds an element for each video. By default, each video would replace the one before. */
const PLACE = { insertMode: 'append', width: '100%', height: '100%' } as const;

/** @throws an error with a `name` from the vendor's list if the connection fails */
export async function startCall(
  { applicationId, apiKey, sessionId, token, role }: FetchedToken,
  { name, videos, onEnd, onProblem }: CallOptions,
): Promise<Call> {
  const projectId = applicationId ?? apiKey;
  const { initSession, initPublisher } = await loadLibrary(projectId);
  const session = initSession(projectId, sessionId);
  const report = (error?: OT.OTError) => error && onProblem(error);

  if (role !== 'publisheronly') {
    session.on('streamCreated', ({ stream }) => {
      session.subscribe(stream, videos, PLACE, report);
    });
  }
  session.on('sessionDisconnected', ({ reason }) => {
    if (reason !== 'clientDisconnected') onEnd(reason);
  });
  await session.connect.promise(token);

  let publisher: OT.Publisher | undefined;
  if (role !== 'subscriber') {
    publisher = initPublisher(videos, { ...PLACE, name }, (error) => {
      if (error) onProblem(error);
      else if (publisher) session.publish(publisher, report);
    });
  }
  return {
    setMicrophone: (isOn) => publisher?.publishAudio(isOn),
    setCamera: (isOn) => publisher?.publishVideo(isOn),
    leave: () => {
      // Also turns the camera off if it was requested and has not started yet.
      publisher?.destroy();
      session.disconnect();
    },
  };
}
// #endregion
