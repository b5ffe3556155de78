const windows = new BroadcastChannel('session');

/** Tells the browser's other windows, which share the cookie, who is signed in now; null after a sign-out. */
export function notifyOtherWindows(session: object | null): void {
  windows.postMessage(session);
}

/** Listens for sessions of other windows. Returns a function that stops listening. */
export function listenToOtherWindows<Session extends object>(onSession: (session: Session | null) => void): () => void {
  const listener = ({ data }: MessageEvent<Session | null>) => onSession(data);
  windows.addEventListener('message', listener);
  return () => windows.removeEventListener('message', listener);
}
