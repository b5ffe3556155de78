// Loaded before an app. As PID 1 of a container a process is deaf to signals that it does not listen to: told to end while
// its modules load, it would start, take requests and be killed in the midst of them. Once it runs, runService listens.
for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
]) {
  process.once(signal, () => process.exit(128 + number));
}
