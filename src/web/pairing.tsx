import { getCookie } from "hono/cookie"
import { raw } from "hono/html"
import type { DeviceKind } from "../../db/schema/devices.ts"
import { isRefusal, Refusal } from "../base/refusal.ts"
import { device as deviceRow, prolongDevice, startToken } from "../domain/access/devices.ts"
import { revokeKey } from "../domain/access/integrators.ts"
import { holderOfKey, sessionOfKey } from "../domain/access/keys.ts"
import { ask, exchange, type Pairing, pairingOf, withFreshCode } from "../domain/access/pairings.ts"
import { common } from "../i18n/common.ts"
import { deviceWords } from "../i18n/devices.ts"
import { otherLang } from "../i18n/lang.ts"
import { addressOf, maskedAddress, wholeAddressOf } from "./address.ts"
import { cookieName, dropCookie, keepCookie } from "./cookies.ts"
import { inOtherLang, show } from "./frame.tsx"
import type { Context } from "./house.ts"
import { paths } from "./paths.ts"
import { qrCode } from "./qr.ts"
import { ButtonLink, PostForm } from "./shell/controls.tsx"
import { Mark } from "./shell/mark.tsx"

/*
 * A kiosk or a board that is not paired. It shows a code; when somebody has approved it, its next look brings its token and it goes on.
 * Looking again is all that it does: by a script every few seconds, and by itself where no script runs.
 */

const accounts = { scopes: ["accounts" as const] }
const daySeconds = 24 * 3_600
/** How often it looks, and how often where nothing can come of it. */
const againSeconds = 4
const laterSeconds = 30

/** Where a device of this kind works. */
export function placeOf(kind: DeviceKind, office: string): string {
  return kind === "kiosk" ? paths.kiosk(office) : paths.board(office)
}

/** A screen whose office nobody has said yet: to its own where it has one, else it asks. */
export async function anyScreen(c: Context, kind: DeviceKind): Promise<Response> {
  const { subject } = c.var
  return subject?.role === kind ? c.redirect(placeOf(kind, subject.office), 303) : askingPage(c, kind, null)
}

/**
 * What stands in the way of this screen's own page: a key in the address that opens it, another office, or that it is not paired.
 * `null` where nothing does.
 */
export async function notYet(c: Context, kind: DeviceKind, office: string): Promise<Response | null> {
  const key = c.req.query("key")
  if (key !== undefined) {
    try {
      return await openedByKey(c, key, kind, office)
    } catch (thrown) {
      if (isRefusal(thrown) && thrown.code === "bad_token") return keyOverPage(c, kind, office, thrown.status)
      throw thrown
    }
  }
  const { subject } = c.var
  if (subject?.role !== kind) return askingPage(c, kind, office)
  return subject.office === office ? null : c.redirect(placeOf(kind, subject.office), 303)
}

/**
 * Opens a device by an address with a key in it, which is then in no history: the answer leads to the address without it, and what is kept
 * is a token like any device's. Such an address opens once; in a demonstration as often as somebody comes by it. Refuses `bad_token`.
 */
async function openedByKey(c: Context, key: string, kind: DeviceKind, office: string): Promise<Response> {
  const { house } = c.var
  const now = house.clock.real()
  const held = await holderOfKey(house.store, key, now, () => wholeAddressOf(c))
  const device = held?.subject
  if (!held || device?.role !== kind || device.office !== office) throw new Refusal("bad_token")
  const token = await house.writer.write(async (tx) => {
    if (!house.demo && !(await revokeKey(tx, held.key.id, device.id, now))) throw new Refusal("bad_token")
    await prolongDevice(tx, device.id, now)
    return startToken(tx, device.id, now)
  }, accounts)
  if (!house.demo) house.hub.endSession(sessionOfKey(key))
  await keepToken(c, device.id, token)
  const url = new URL(c.req.url)
  url.searchParams.delete("key")
  c.header("Referrer-Policy", "no-referrer")
  return c.redirect(url.pathname + url.search, 303)
}

async function keepToken(c: Context, device: string, token: string): Promise<void> {
  const { house } = c.var
  const { until } = await deviceRow(house.store, device)
  keepCookie(c, "dev", token, Math.floor((until - house.clock.real()) / 1_000))
}

/** The screen's code, or, once it has been approved, the way on. */
async function askingPage(c: Context, kind: DeviceKind, office: string | null): Promise<Response> {
  if (c.var.session) return signedInPage(c)
  const { house } = c.var
  const now = house.clock.real()
  const secret = getCookie(c, cookieName(house, "pair"))
  const known = secret ? await pairingOf(house.store, secret) : null
  if (secret && known?.device) {
    const paired = await house.writer.write((tx) => exchange(tx, secret, now), accounts)
    if (paired) {
      const row = await deviceRow(house.store, paired.device)
      await keepToken(c, row.id, paired.token)
      dropCookie(c, "pair")
      return c.redirect(placeOf(row.kind, row.office), 303)
    }
  }
  try {
    return await showCode(
      c,
      known && isSame(known, kind, office) ? await fresh(c, known) : await begin(c, kind, office),
    )
  } catch (thrown) {
    if (isRefusal(thrown) && thrown.code === "too_many_requests") return tooManyPage(c)
    throw thrown
  }
}

function isSame({ device, ...known }: Pairing, kind: DeviceKind, office: string | null): boolean {
  return device === null && known.kind === kind && known.office === office
}

async function fresh(c: Context, known: Pairing): Promise<Pairing> {
  const { house } = c.var
  const now = house.clock.real()
  return known.codeUntil > now ? known : house.writer.write((tx) => withFreshCode(tx, known, now), accounts)
}

async function begin(c: Context, kind: DeviceKind, office: string | null): Promise<Pairing> {
  const { house } = c.var
  const asking = {
    ...{ kind, office, userAgent: c.req.header("User-Agent") ?? "" },
    address: maskedAddress(wholeAddressOf(c)),
    addressHash: house.keys.capability("address", addressOf(c)),
  }
  const { secret, pairing } = await house.writer.write((tx) => ask(tx, asking, house.clock.real()), accounts)
  keepCookie(c, "pair", secret, daySeconds)
  return pairing
}

/** As it is read aloud and typed: two groups of four, the first letter saying the kind. */
export function spacedCode(code: string): string {
  return `${code.slice(0, 4)} ${code.slice(4)}`
}

async function showCode(c: Context, { kind, code }: Pairing): Promise<Response> {
  const { house, lang } = c.var
  const words = deviceWords[lang]
  const approving = `${house.env.origin}${paths.devicePairing}?code=${code}`
  const square = await qrCode(approving)
  return asking(
    c,
    { title: words.askTitle[kind], again: againSeconds },
    <>
      <h1>{words.askTitle[kind]}</h1>
      <div class="pairing-ways">
        <ol class="pairing-steps">
          <li>{words.askOne(`${new URL(house.env.origin).host}${paths.devices}`)}</li>
          <li>{words.askTwo}</li>
          <li>{words.askThree}</li>
        </ol>
        <div class="pairing-square" role="img" aria-label={words.scanLabel}>
          {raw(square)}
        </div>
      </div>
      <p class="pairing-label">{words.codeLabel}</p>
      <p class="pairing-code" dir="ltr" data-code={code}>
        {spacedCode(code)}
      </p>
      <p class="quiet">{words.codeChanges}</p>
      <p class="pairing-wait" role="status" data-waiting={words.waiting} data-lost={words.lost}>
        {words.waiting}
      </p>
    </>,
  )
}

/** Whoever stands before a screen has no use for the reasons of a key, but for the way that is always there. */
function keyOverPage(c: Context, kind: DeviceKind, office: string, status: number): Promise<Response> {
  const words = deviceWords[c.var.lang]
  return asking(
    c,
    { title: words.keyOver, status },
    <>
      <h1>{words.keyOver}</h1>
      <p>{words.keyOverHelp}</p>
      <p>
        <ButtonLink href={placeOf(kind, office)} weight="main">
          {words.keyOverCode}
        </ButtonLink>
      </p>
    </>,
  )
}

function tooManyPage(c: Context): Promise<Response> {
  const words = deviceWords[c.var.lang]
  return asking(
    c,
    { title: words.tooMany, again: laterSeconds, status: 429 },
    <>
      <h1>{words.tooMany}</h1>
      <p>{words.tooManyHelp}</p>
    </>,
  )
}

/** Somebody's account is open where everybody stands. */
function signedInPage(c: Context): Promise<Response> {
  const { lang, formToken } = c.var
  const words = deviceWords[lang]
  return asking(
    c,
    { title: words.signedInTitle, status: 403 },
    <>
      <h1>{words.signedInTitle}</h1>
      <p>{words.signedInHelp}</p>
      <PostForm action={paths.signOut} token={formToken}>
        <button type="submit" class="button button-main">
          {common[lang].signOut}
        </button>
      </PostForm>
    </>,
  )
}

async function asking(
  c: Context,
  { title, again, status }: { title: string; again?: number; status?: number },
  body: unknown,
): Promise<Response> {
  const { lang } = c.var
  return show(
    c,
    {
      ...{ title, status, againSeconds: again, head: "none" as const },
      ...{ styles: ["devices"], scripts: again ? ["pairing"] : [], bodyClass: "pairing" },
    },
    <main class="pairing-screen" id="main" data-again={again}>
      <Mark size={72} />
      {body as never}
      <a class="pairing-lang" href={inOtherLang(c)} lang={otherLang[lang]} hreflang={otherLang[lang]}>
        {common[lang].otherLanguage}
      </a>
    </main>,
  )
}
