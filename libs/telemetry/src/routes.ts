/** The routes of TelemetryModule. Exclude them from a global prefix and from authentication. */
export const TELEMETRY_ROUTES = ['/health/live', '/health/ready', '/metrics'] as const;
