/**
 * Replaces the vendor's library in builds of the examples. Records the calls in `globalThis.calls`. A test sets
 * `globalThis.faults`, the names of the errors with which steps fail, and raises events of the session with
 * `globalThis.raise`. JavaScript, because the types of a browser are not those of the other tests.
 */
const calls = [];
const listeners = {};

const toError = (name) => name && Object.assign(new Error(`${name} of the fake.`), { name });

/** Replaces the contents of the element by default, as the vendor's library does. */
function addVideo(parent, title, { insertMode }) {
  const video = Object.assign(globalThis.document.createElement('video'), { title });
  if (insertMode === 'append') parent.append(video);
  else parent.replaceChildren(video);
}

Object.assign(globalThis, {
  calls,
  raise: (name, event) => listeners[name]?.(event),
});

export default {
  initSession: (projectId, sessionId) => {
    calls.push(['initSession', projectId, sessionId]);
    return {
      on: (name, listener) => Object.assign(listeners, { [name]: listener }),
      connect: {
        promise: async (token) => {
          calls.push(['connect', token]);
          const error = toError(globalThis.faults?.connect);
          if (error) throw error;
        },
      },
      publish: () => calls.push(['publish']),
      subscribe: (stream, parent, options) => {
        calls.push(['subscribe', stream.name]);
        addVideo(parent, stream.name, options);
      },
      disconnect: () => calls.push(['disconnect']),
    };
  },
  initPublisher: (parent, { name, ...options }, done) => {
    calls.push(['initPublisher', name]);
    addVideo(parent, name, options);
    queueMicrotask(() => done(toError(globalThis.faults?.publisher)));
    return {
      publishAudio: (isOn) => calls.push(['publishAudio', isOn]),
      publishVideo: (isOn) => calls.push(['publishVideo', isOn]),
      destroy: () => calls.push(['destroy']),
    };
  },
};
