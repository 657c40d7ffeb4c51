import { isIP } from "node:net"
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path"

/** What the environment says, checked once at start. */
export interface Env {
  port: number
  host: string
  /** Where people reach us: scheme, host and port, without a path. Links, cookies and Origin checks come from here, never from a request. */
  origin: string
  dataDir: string
  keysFile: string
  production: boolean
  /** `null`: a new data folder becomes a demo unless this is production. */
  demo: boolean | null
  demoCitizens: number
  /** Where a new demo's clock stands; `null`: at 10:00 of this or the next working day. */
  demoNow: number | null
  metricsToken: string | null
  /** Addresses of proxies whose X-Forwarded-For is believed. */
  trustedProxies: string[]
  /** Requests a minute from one address without a session or key. */
  anonymousPerMinute: number
  /** Calls a minute with one key of a program. */
  keyPerMinute: number
  /** Requests that are answered at once before those who only look round are sent away. */
  requestsAtOnce: number
  /** Where mail and SMS are handed over; `null`: nowhere, the log says what would have gone. */
  mail: { url: string; from: string } | null
  sms: { url: string; token: string | null; from: string | null } | null
  /** The relay for video calls and the secret it shares with us; `null`: calls go from page to page only. */
  turn: { urls: string[]; secret: string } | null
  /** Whether video visits are recorded: not at all, after everybody was told, or after everybody agreed. */
  recording: "off" | "notice" | "consent"
}

/** A sentence for whoever starts the process. */
export class EnvProblem extends Error {}

/** Reads and checks the environment. What is set to nothing counts as not set. Throws `EnvProblem`. */
export function readEnv(given: Record<string, string | undefined>): Env {
  const source = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ""))
  const production = source.NODE_ENV === "production"
  const port = wholeNumber("PORT", source.PORT ?? "3000", 0, 65_535)
  const host = source.HOST ?? "0.0.0.0"
  const dataDir = resolve(source.DATA_DIR ?? "./data")
  const keysFile = resolve(source.KEYS_FILE ?? join(dirname(dataDir), `${basename(dataDir)}.keys.json`))
  if (isInside(dataDir, keysFile)) {
    throw new EnvProblem(
      `KEYS_FILE must not be inside DATA_DIR: a backup of the folder would carry its own key (${keysFile})`,
    )
  }
  return {
    port,
    host,
    origin: readOrigin(source.PUBLIC_ORIGIN ?? `http://localhost:${port}`, production),
    dataDir,
    keysFile,
    production,
    demo: readDemo(source.DEMO),
    demoCitizens: wholeNumber("DEMO_CITIZENS", source.DEMO_CITIZENS ?? "12", 2, 20_000),
    demoNow: source.DEMO_NOW ? readMoment(source.DEMO_NOW) : null,
    metricsToken: source.METRICS_TOKEN ?? null,
    trustedProxies: readAddresses("TRUSTED_PROXIES", source.TRUSTED_PROXIES ?? ""),
    anonymousPerMinute: wholeNumber("ANONYMOUS_PER_MINUTE", source.ANONYMOUS_PER_MINUTE ?? "600", 10, 1_000_000),
    keyPerMinute: wholeNumber("KEY_PER_MINUTE", source.KEY_PER_MINUTE ?? "3000", 10, 1_000_000),
    requestsAtOnce: wholeNumber("REQUESTS_AT_ONCE", source.REQUESTS_AT_ONCE ?? "512", 2, 100_000),
    mail: readMail(source),
    sms: readSms(source, production),
    turn: readTurn(source),
    recording: readRecording(source.RECORDING ?? "consent"),
  }
}

function readDemo(text: string | undefined): boolean | null {
  if (text === undefined) return null
  if (text === "1" || text === "true") return true
  if (text === "0" || text === "false") return false
  throw new EnvProblem(`DEMO must be 1 or 0 (got ${text})`)
}

function readRecording(text: string): Env["recording"] {
  if (text === "off" || text === "notice" || text === "consent") return text
  throw new EnvProblem(`RECORDING must be off, notice or consent (got ${text})`)
}

function readTurn({ TURN_URLS: given, TURN_SECRET: secret }: Record<string, string | undefined>): Env["turn"] {
  if (given === undefined && secret === undefined) return null
  if (given === undefined) throw new EnvProblem("TURN_SECRET needs TURN_URLS beside it: where the relay is")
  const urls = given.split(",").map((one) => one.trim())
  // RFC 7065.
  if (!urls.every((one) => /^turns?:[\w.:[\]-]+(\?transport=(udp|tcp))?$/.test(one))) {
    throw new EnvProblem(
      "TURN_URLS must be addresses with commas between, like turn:relay.example.gov:3478?transport=udp",
    )
  }
  if (secret === undefined || secret.length < 16) {
    throw new EnvProblem("TURN_SECRET must be the secret that the relay knows, of 16 letters or more")
  }
  return { urls, secret }
}

function readMail({ SMTP_URL: url, MAIL_FROM: from }: Record<string, string | undefined>): Env["mail"] {
  if (url === undefined) return null
  if (!/^smtps?:$/.test(URL.parse(url)?.protocol ?? "")) {
    // Not shown: it may hold a password.
    throw new EnvProblem("SMTP_URL must be an address like smtp://user:password@mail.example.gov:587")
  }
  if (from === undefined || !/^([^<>@\r\n]+ <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/.test(from)) {
    throw new EnvProblem("MAIL_FROM must say whom mail comes from, e.g. Front Office <no-reply@example.gov>")
  }
  return { url, from }
}

function readSms(source: Record<string, string | undefined>, production: boolean): Env["sms"] {
  const { SMS_URL: url, SMS_TOKEN: token = null, SMS_FROM: from = null } = source
  if (url === undefined) return null
  const protocol = URL.parse(url)?.protocol ?? ""
  if (!/^https?:$/.test(protocol)) throw new EnvProblem("SMS_URL must be an address that begins with https://")
  if (production && protocol !== "https:") {
    throw new EnvProblem("SMS_URL must begin with https:// in production: numbers and codes go there.")
  }
  return { url, token, from }
}

function isInside(folder: string, file: string): boolean {
  const way = relative(folder, file)
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

function readOrigin(text: string, production: boolean): string {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw new EnvProblem(`PUBLIC_ORIGIN is not an address: ${text}`)
  }
  if (url.origin !== text.replace(/\/$/, "") || !/^https?:$/.test(url.protocol)) {
    throw new EnvProblem(
      `PUBLIC_ORIGIN must be scheme, host and port only, e.g. https://front.example.gov (got ${text})`,
    )
  }
  if (production && url.protocol !== "https:") {
    throw new EnvProblem(
      `PUBLIC_ORIGIN must begin with https:// in production (got ${text}). TLS itself is your proxy's work.`,
    )
  }
  return url.origin
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (!/^\d{1,9}$/.test(text) || value < least || value > most) {
    throw new EnvProblem(`${name} must be a whole number from ${least} to ${most} (got ${text})`)
  }
  return value
}

/** A name or a range would match nobody, and all of a proxy's people would share one limit. */
function readAddresses(name: string, text: string): string[] {
  const addresses = text
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean)
  const wrong = addresses.find((one) => isIP(one) === 0)
  if (wrong !== undefined) {
    throw new EnvProblem(`${name} must be IP addresses with commas between, e.g. 10.0.0.5,10.0.0.6 (got ${wrong})`)
  }
  return addresses
}

function readMoment(text: string): number {
  const at = Date.parse(text)
  // Beyond these nobody knows the calendars; a typing mistake would have the demo look for its next working day for ever.
  const isNear = at >= Date.UTC(2000, 0) && at < Date.UTC(2100, 0)
  if (!isNear || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*(Z|[+-]\d{2}:\d{2})$/.test(text)) {
    throw new EnvProblem(`DEMO_NOW must be an instant with its offset, e.g. 2026-11-22T10:00:00+03:00 (got ${text})`)
  }
  return at
}
