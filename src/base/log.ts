/**
 * One JSON line an event, with named fields only: no free objects, so that no name, number or token slips in.
 * JSON escapes line breaks, which keeps what a stranger sent on its own line.
 */
export interface LogFields {
  requestId?: string
  method?: string
  path?: string
  status?: number
  milliseconds?: number
  office?: string
  code?: string
  cause?: unknown
  detail?: string
  count?: number
}

export interface Log {
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
}

export function openLog(write: (line: string) => void, now: () => number): Log {
  const line = (level: string, event: string, { cause, ...fields }: LogFields = {}) => {
    const described = cause === undefined ? {} : { cause: describe(cause) }
    write(JSON.stringify({ at: new Date(now()).toISOString(), level, event, ...fields, ...described }))
  }
  return {
    info: (event, fields) => line("info", event, fields),
    warn: (event, fields) => line("warn", event, fields),
    error: (event, fields) => line("error", event, fields),
  }
}

function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  const inner = cause.cause === undefined ? "" : ` ← ${describe(cause.cause)}`
  return `${cause.stack ?? cause.message}${inner}`
}
