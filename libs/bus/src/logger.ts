/** The logger of the bus; Nest's Logger and a pino logger both fit. */
export interface BusLogger {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export const silentLogger: BusLogger = { warn: () => undefined, error: () => undefined };
