const windows = new BroadcastChannel('session');

/** Who is signed in at this browser now; null: somebody has signed out. The cookie is that of all its windows. */
export function tellOtherWindows(session: object | null): void {
  windows.postMessage(session);
}

/** Returns what ends it. */
export function hearOtherWindows<Session extends object>(hear: (session: Session | null) => void): () => void {
  const listen = ({ data }: MessageEvent<Session | null>) => hear(data);
  windows.addEventListener('message', listen);
  return () => windows.removeEventListener('message', listen);
}
