import { expect, test } from "bun:test"
import { resolve } from "node:path"
import { EnvProblem, readEnv } from "./env.ts"

test("with nothing said it is a server at port 3000 that may become a demonstration", () => {
  const env = readEnv({ DATA_DIR: "/srv/dawr/data" })
  expect(env).toMatchObject({
    port: 3000,
    origin: "http://localhost:3000",
    production: false,
    demo: null,
    demoCitizens: 12,
  })
  expect(env.keysFile).toBe(resolve("/srv/dawr/data.keys.json"))
})

test("what is set to nothing counts as not set", () => {
  const nothing = Object.fromEntries(
    [
      "PORT",
      "HOST",
      "PUBLIC_ORIGIN",
      "DATA_DIR",
      "KEYS_FILE",
      "DEMO",
      "DEMO_NOW",
      "DEMO_CITIZENS",
      "METRICS_TOKEN",
      "TRUSTED_PROXIES",
    ].map((name) => [name, ""]),
  )
  expect(readEnv(nothing)).toEqual(readEnv({}))
})

test("a demonstration can be asked for and declined", () => {
  for (const [said, meant] of [
    ["1", true],
    ["true", true],
    ["0", false],
    ["false", false],
  ] as const) {
    expect([said, readEnv({ DEMO: said }).demo]).toEqual([said, meant])
  }
  for (const bad of ["no", "yes", "off", "2"]) expect(() => readEnv({ DEMO: bad })).toThrow("DEMO must be 1 or 0")
})

test("an address is taken as browsers write it: scheme, host and port, and nothing after them", () => {
  for (const good of [
    "https://front.example.gov",
    "https://front.example.gov/",
    "http://localhost:8080",
    "http://[::1]:3000",
  ]) {
    expect(readEnv({ PUBLIC_ORIGIN: good }).origin).toBe(good.replace(/\/$/, ""))
  }
  for (const bad of [
    "front.example.gov",
    "ftp://front.example.gov",
    "https://front.example.gov/x",
    "https://a@front.example.gov",
    "https://front.example.gov:443",
    "javascript:1",
    "https://front.example.gov?x",
  ]) {
    expect(() => readEnv({ PUBLIC_ORIGIN: bad })).toThrow(EnvProblem)
  }
  expect(() => readEnv({ NODE_ENV: "production", PUBLIC_ORIGIN: "http://front.example.gov" })).toThrow(/https/)
})

test("a number is whole, written in digits, and within its bounds", () => {
  for (const bad of ["-1", "65536", "1e3", "0x10", " 80", "80.0", "NaN", "٨٠"]) {
    expect(() => readEnv({ PORT: bad })).toThrow(/PORT must be a whole number/)
  }
  expect(readEnv({ PORT: "0" }).port).toBe(0)
  expect(() => readEnv({ DEMO_CITIZENS: "1" })).toThrow(/DEMO_CITIZENS/)
})

test("a moment has its offset", () => {
  expect(readEnv({ DEMO_NOW: "2026-11-22T10:00:00+03:00" }).demoNow).toBe(Date.UTC(2026, 10, 22, 7))
  expect(readEnv({ DEMO_NOW: "2026-11-22T07:00Z" }).demoNow).toBe(Date.UTC(2026, 10, 22, 7))
  for (const bad of [
    "2026-11-22",
    "2026-11-22T10:00:00",
    "10:00",
    "2026-13-22T10:00:00Z",
    "now",
    "9999-12-31T10:00:00Z",
    "1026-11-22T10:00:00Z",
  ]) {
    expect(() => readEnv({ DEMO_NOW: bad })).toThrow(/DEMO_NOW/)
  }
})

test("the keys never lie with what they open, however the way there is written", () => {
  const DATA_DIR = "/srv/dawr/data"
  for (const inside of [
    "/srv/dawr/data/keys.json",
    "/srv/dawr/data/a/../keys.json",
    "/srv/dawr/data/..keys.json",
    "/srv/dawr/data",
  ]) {
    expect(() => readEnv({ DATA_DIR, KEYS_FILE: inside })).toThrow(/must not be inside DATA_DIR/)
  }
  for (const outside of ["/srv/dawr/keys.json", "/srv/dawr/data.json", "/etc/dawr.keys"]) {
    expect(readEnv({ DATA_DIR, KEYS_FILE: outside }).keysFile).toBe(outside)
  }
})

test("mail needs a server and a sender, SMS an address that is https in production; a wrong one is not shown, for it may hold a password", () => {
  expect(readEnv({})).toMatchObject({ mail: null, sms: null })
  const SMTP_URL = "smtp://u:secret@mail.example.gov:587"
  for (const MAIL_FROM of [
    "no-reply@example.gov",
    "Front Office <no-reply@example.gov>",
    "دَوْر <no-reply@example.gov>",
  ]) {
    expect(readEnv({ SMTP_URL, MAIL_FROM }).mail).toEqual({ url: SMTP_URL, from: MAIL_FROM })
  }
  for (const MAIL_FROM of [undefined, "nobody", "a@b@c", "x <a@b>\r\nBcc: c@d"]) {
    expect(() => readEnv({ SMTP_URL, MAIL_FROM })).toThrow(/MAIL_FROM/)
  }
  for (const bad of ["mail.example.gov", "http://u:secret@mail.example.gov"]) {
    expect(() => readEnv({ SMTP_URL: bad, MAIL_FROM: "a@b.example" })).toThrow(/^SMTP_URL must(?!.*secret@)/)
  }
  const SMS_URL = "http://127.0.0.1:9/sms"
  expect(readEnv({ SMS_URL, SMS_TOKEN: "t" }).sms).toEqual({ url: SMS_URL, token: "t", from: null })
  expect(readEnv({ SMS_URL, SMS_FROM: "Dawr" }).sms).toEqual({ url: SMS_URL, token: null, from: "Dawr" })
  const production = { NODE_ENV: "production", PUBLIC_ORIGIN: "https://front.example.gov" }
  expect(() => readEnv({ ...production, SMS_URL })).toThrow(/https/)
  expect(() => readEnv({ SMS_URL: "sms.example.gov" })).toThrow(/SMS_URL/)
})

test("a relay needs its addresses and the secret it shares with us; calls without one go from page to page", () => {
  expect(readEnv({}).turn).toBeNull()
  const [TURN_URLS, TURN_SECRET] = [
    "turn:relay.example.gov:3478?transport=udp, turns:[2001:db8::1]:443",
    "0123456789abcdef",
  ]
  expect(readEnv({ TURN_URLS, TURN_SECRET }).turn).toEqual({
    urls: ["turn:relay.example.gov:3478?transport=udp", "turns:[2001:db8::1]:443"],
    secret: TURN_SECRET,
  })
  expect(() => readEnv({ TURN_URLS })).toThrow(/TURN_SECRET/)
  expect(() => readEnv({ TURN_URLS, TURN_SECRET: "short" })).toThrow(/^TURN_SECRET must(?!.*short)/)
  expect(() => readEnv({ TURN_SECRET })).toThrow(/TURN_URLS/)
  expect(() => readEnv({ TURN_URLS: "https://relay.example.gov", TURN_SECRET })).toThrow(/TURN_URLS/)
})

test("video visits are recorded with consent, unless the agency only tells people, or records nothing", () => {
  expect(readEnv({}).recording).toBe("consent")
  for (const RECORDING of ["off", "notice", "consent"] as const) {
    expect(readEnv({ RECORDING }).recording).toBe(RECORDING)
  }
  expect(() => readEnv({ RECORDING: "always" })).toThrow(EnvProblem)
})
