import type { Context, House } from "./house.ts"

/**
 * Puts the headers of OWASP ASVS 5.0 chapter 3.4 on an answer that is ready, whatever it is: a page, a file, a redirect, a refusal, a bug.
 * What a handler has set itself stays. Every page's scripts carry this answer's nonce; styles come from files alone.
 */
export function secure(c: Context, house: House): void {
  const { headers } = c.res
  headers.set("X-Request-Id", c.var.requestId)
  for (const [name, value] of alwaysOf(house)) headers.set(name, value)
  if (!headers.has(policyName)) headers.set(policyName, policyWith(c.var.nonce))
  for (const [name, value] of unlessSaid) if (!headers.has(name)) headers.set(name, value)
  // Files say themselves how long they keep; everything else is for this reader and this moment.
  if (!headers.has("Cache-Control")) {
    headers.set("Cache-Control", "no-store")
    headers.append("Vary", varies)
  }
}

/** As `secure`, for an answer that says nothing of its own but its type. */
export function headersOf(
  house: Pick<House, "env">,
  { requestId, nonce, type }: { requestId: string; nonce: string; type: string },
): [string, string][] {
  return [
    ["Content-Type", type],
    ["X-Request-Id", requestId],
    ...alwaysOf(house),
    [policyName, policyWith(nonce)],
    ...unlessSaid,
    ["Cache-Control", "no-store"],
    ["Vary", varies],
  ]
}

/** To a HEAD: how long the answer to a GET would be (RFC 9110 §8.6). The runtime would say 0. */
export async function sayLength(c: Context): Promise<void> {
  if (c.res.body === null || c.res.headers.has("Content-Length")) return
  const { byteLength } = await c.res.arrayBuffer()
  c.res.headers.set("Content-Length", String(byteLength))
}

/** What some handlers have reason to say otherwise. */
const unlessSaid: readonly [string, string][] = [
  ["Referrer-Policy", "same-origin"],
  ["Cross-Origin-Resource-Policy", "same-origin"],
]

const always: readonly [string, string][] = [
  ["X-Content-Type-Options", "nosniff"],
  ["Cross-Origin-Opener-Policy", "same-origin"],
  [
    "Permissions-Policy",
    "camera=(self), microphone=(self), geolocation=(), publickey-credentials-get=(self), publickey-credentials-create=(self)",
  ],
]
const alwaysByHttps: readonly [string, string][] = [
  ...always,
  ["Strict-Transport-Security", "max-age=31536000; includeSubDomains"],
]
const alwaysOf = ({ env }: Pick<House, "env">) => (env.origin.startsWith("https:") ? alwaysByHttps : always)

const policyName = "Content-Security-Policy"
const varies = "Sec-Fetch-Site, Origin, Accept-Language, Cookie"

/** For answers to programs, which are no pages whatever a browser takes them for. */
const nothingRuns = "default-src 'none'; frame-ancestors 'none'"

/** Without a nonce it is no page. */
const policyWith = (nonce: string) =>
  nonce === "" ? nothingRuns : `script-src 'nonce-${nonce}' 'strict-dynamic'; ${policy}`

const policy = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "object-src 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types dawr",
].join("; ")

/** The answer to what our own code did not catch, and to what cannot even be read as a request: nothing of the inside. */
export function bareAnswer(status: 400 | 500): Response {
  const text = status === 400 ? "Bad request\n" : "Something went wrong on our side. Nothing was saved.\n"
  return new Response(text, {
    status,
    headers: {
      "Content-Type": "text/plain; charset=utf-8",
      "Cache-Control": "no-store",
      [policyName]: nothingRuns,
      ...Object.fromEntries([...always, ...unlessSaid]),
    },
  })
}
