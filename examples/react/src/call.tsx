/** The videos of a session: the own one, and one for each stream of the others. */
import type OT from '@vonage/client-sdk-video';
import type { FetchedToken } from 'opentok-sessions-client';
import { useEffect, useRef } from 'react';

interface CallProps {
  readonly token: FetchedToken;
  readonly name: string;
  /** Called with an error, or with the platform's reason when the connection ends. */
  readonly onEnd: (problem: unknown) => void;
}

/** `append` adds an element for each video. By default, each video would replace the one before. */
const PLACE = { insertMode: 'append', width: '100%', height: '100%' } as const;

export function Call({ token, name, onEnd }: CallProps) {
  const videos = useRef<HTMLDivElement>(null);
  const latest = useRef({ token, onEnd });
  useEffect(() => {
    latest.current = { token, onEnd };
  });
  const projectId = token.applicationId ?? token.apiKey;
  const { sessionId } = token;

  // Not for each token: a renewed one has the same session, which stays connected.
  useEffect(() => {
    const parent = videos.current;
    let isOver = false;
    let leave = () => {};
    const connect = async ({ token, role }: FetchedToken, parent: HTMLElement) => {
      const { initSession, initPublisher } = (await import('@vonage/client-sdk-video')).default;
      if (isOver) return;
      const session = initSession(projectId, sessionId);
      let publisher: OT.Publisher | undefined;
      leave = () => {
        publisher?.destroy();
        session.disconnect();
      };
      const report = (error?: OT.OTError) => error && latest.current.onEnd(error);
      if (role !== 'publisheronly') {
        session.on('streamCreated', ({ stream }) => {
          session.subscribe(stream, parent, PLACE, report);
        });
      }
      session.on('sessionDisconnected', ({ reason }) => isOver || latest.current.onEnd(reason));
      await session.connect.promise(token);
      if (isOver) return leave();
      if (role === 'subscriber') return;
      publisher = initPublisher(parent, { ...PLACE, name }, (error) => {
        if (error) report(error);
        else if (publisher) session.publish(publisher, report);
      });
    };
    if (parent) {
      connect(latest.current.token, parent).catch((error) => isOver || latest.current.onEnd(error));
    }
    return () => {
      isOver = true;
      leave();
      parent?.replaceChildren();
    };
  }, [projectId, sessionId, name]);

  return <div className="videos" ref={videos} />;
}
