const windows = new BroadcastChannel('session');

/** Tells the browser's other windows, which share the cookie, who is signed in now; null after a sign-out. */
export function tellOtherWindows(session: object | null): void {
  windows.postMessage(session);
}

/** Listens for sessions of other windows. Returns a function that stops listening. */
export function hearOtherWindows<Session extends object>(hear: (session: Session | null) => void): () => void {
  const listen = ({ data }: MessageEvent<Session | null>) => hear(data);
  windows.addEventListener('message', listen);
  return () => windows.removeEventListener('message', listen);
}
