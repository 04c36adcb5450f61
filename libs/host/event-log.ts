/** What the jobs and doors of an app say while they work; one line an event. The logger of the process is one. */
export interface EventLog {
  info(fields: Record<string, unknown>, message: string): void
  warn(fields: Record<string, unknown>, message: string): void
  error(fields: Record<string, unknown>, message: string): void
}
