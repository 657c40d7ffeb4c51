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
  /** What the house has signed, and its signature: for everybody to keep, and whole. */
  digest?: string
  signature?: string
}

export interface Log {
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
}

export function openLog(write: (line: string) => void, now: () => number): Log {
  const line = (level: string, event: string, { cause, ...fields }: LogFields = {}) => {
    const described = cause === undefined ? {} : { cause: describe(cause) }
    const told = Object.entries({ ...fields, ...described }).map(([name, value]) => [
      name,
      typeof value === "string" && !asTheyAre.has(name) ? masked(value) : value,
    ])
    write(JSON.stringify({ at: new Date(now()).toISOString(), level, event, ...Object.fromEntries(told) }))
  }
  return {
    info: (event, fields) => line("info", event, fields),
    warn: (event, fields) => line("warn", event, fields),
    error: (event, fields) => line("error", event, fields),
  }
}

const asTheyAre: ReadonlySet<string> = new Set(["requestId", "digest", "signature"])

function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  const inner = cause.cause === undefined ? "" : ` ← ${describe(cause.cause)}`
  return `${withoutValues(cause)}${inner}`
}

/** The store's own errors carry the values of the statement that failed, which may be anybody's name: the statement alone tells enough. */
function withoutValues(cause: Error): string {
  const text = cause.stack ?? cause.message
  if (!("params" in cause) || !("query" in cause)) return text
  const frames = text.split("\n").filter((row) => /^\s+at /.test(row))
  return [`${cause.name}: ${String(cause.query)}`, ...frames].join("\n")
}

/**
 * The last net, for paths and messages: keys, tokens and link secrets (32 and more letters of base64url), whatever looks like a national
 * number, a mobile or a booking's code. An id in it tells nobody anything.
 */
function masked(text: string): string {
  return text
    .replace(/dawr_(live|demo)_[\w-]+/g, "dawr_$1_…")
    .replace(/(?<![\w-])(?![0-9a-f]{8}-[0-9a-f]{4}-)[\w-]{32,}/g, "…")
    .replace(/(?<![\w.-])\+?\d{9,14}(?![\w-])/g, "#")
}
