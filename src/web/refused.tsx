import { html } from "hono/html"
import type { Refusal } from "../base/refusal.ts"
import { isStaff } from "../domain/access/subject.ts"
import { common } from "../i18n/common.ts"
import type { Lang } from "../i18n/lang.ts"
import { waitText } from "../i18n/plural.ts"
import { refusalWords } from "../i18n/refusals.ts"
import { inOtherLang, show } from "./frame.tsx"
import type { Context } from "./house.ts"
import { paths } from "./paths.ts"
import { Card } from "./shell/cards.tsx"
import { ButtonLink } from "./shell/controls.tsx"
import { Shape } from "./shell/marks.tsx"

/**
 * A refusal as a page of its own: what happened, why, the way out, a reference. Pages with a form answer with the form instead, and what
 * was typed in it. A stranger who needs to sign in is led there and back.
 */
export function refusalPage(c: Context, refusal: Refusal): Response | Promise<Response> {
  const { lang, here } = c.var
  // A kiosk that is none any more begins again: nobody signs in there.
  const kiosk = /^\/kiosk\/([\w-]+)\//.exec(here)?.[1]
  if (refusal.code === "not_signed_in" && kiosk) return c.redirect(paths.kiosk(kiosk), 303)
  if (refusal.code === "not_signed_in" && (c.req.method === "GET" || c.req.method === "HEAD")) {
    const staff = /^\/(desk|day|staff|privacy)(\/|$|\?)/.test(here)
    return c.redirect(`${staff ? paths.staffSignIn : paths.signIn}?next=${encodeURIComponent(here)}`, 303)
  }
  const retryAfter = refusal.details["retryAfterSeconds"]
  const wait = typeof retryAfter === "number" ? retryAfter : null
  if (wait !== null) c.header("Retry-After", String(wait))
  const { title, help } = refusalWords(refusal.code, lang)
  // Whoever is here without the account may have one: its door is the way on.
  const back = c.req.method === "GET" ? `?next=${encodeURIComponent(here)}` : ""
  const door = refusal.code === "account_needed" ? paths.signIn + back : null
  const said = { title, help, status: refusal.status, wait, door }
  return refusal.code === "unavailable" && c.var.subject === null && !c.var.house.demo
    ? drawnOnce(c, said)
    : answer(c, said)
}

/** Pages that say there is too much to do, cut where each answer has something of its own. */
const drawn = new Map<string, string[]>()
const drawnMost = 100

/** What is answered in a flood must cost next to nothing, or the answers themselves would be the flood: drawn once, and then filled in. */
async function drawnOnce(c: Context, said: Said): Promise<Response> {
  const own = [c.var.nonce, c.var.requestId, String(html`${inOtherLang(c)}`), String(c.var.house.clock.office())]
  const key = `${c.var.lang} ${said.wait} ${c.req.path}`
  let pieces = drawn.get(key)
  if (!pieces) {
    const page = await answer(c, said)
    pieces = cut(await page.clone().text(), own)
    // Whatever is this answer's own and was not found would stand in the next one's page.
    const isWhole = own.every((_, which) => pieces?.includes(String(which)))
    if (isWhole && drawn.size < drawnMost) drawn.set(key, pieces)
    return page
  }
  return c.html(pieces.map((piece, at) => (at % 2 === 0 ? piece : own[Number(piece)])).join(""), said.status as 503)
}

/** A text in pieces: one of its own, then the place of what stands between it and the next, and so on. */
function cut(text: string, at: string[]): string[] {
  const parts = text.split(new RegExp(`(${at.map((part) => RegExp.escape(part)).join("|")})`))
  return parts.map((part, index) => (index % 2 === 0 ? part : String(at.indexOf(part))))
}

/** A bug, as far as the outside may know of it. */
export function bugPage(c: Context): Response | Promise<Response> {
  const words = common[c.var.lang]
  return answer(c, { title: words.bugTitle, help: words.bugHelp, status: 500, wait: null })
}

interface Said {
  title: string
  help: string
  status: number
  /** Seconds until it may be tried again, where that is known. */
  wait: number | null
  /** Where to sign in, where that helps. */
  door?: string | null
}

/** On a screen that works by itself after this long, as if nothing had been. */
const backSeconds = 20

function answer(c: Context, said: Said): Response | Promise<Response> {
  const { lang, subject } = c.var
  const words = common[lang]
  const { title, status } = said
  if (subject?.role === "kiosk" || subject?.role === "board") {
    // From a screen of the hall no way leads to the pages that everybody has at home, and nobody may be there to press anything.
    const own = paths[subject.role](subject.office)
    c.header("Refresh", `${backSeconds}; url=${own}`)
    const body = <OnScreen {...{ c, said, own }} />
    return subject.role === "kiosk"
      ? show(c, { title, status, head: "none", styles: ["kiosk"], bodyClass: "kiosk", theme: "light" }, body)
      : show(c, { title, status, head: "none", styles: ["devices"] }, body)
  }
  return show(
    c,
    { title, status },
    <div class="column">
      <Card class="refusal stack">
        <p class="refusal-mark">
          <Shape sign="missed" />
        </p>
        <h1>{title}</h1>
        <What said={said} lang={lang} />
      </Card>
      <div class="actions">
        {said.door && (
          <ButtonLink weight="main" href={said.door}>
            {words.signIn}
          </ButtonLink>
        )}
        <ButtonLink
          weight={said.door ? "second" : "main"}
          href={isStaff(subject) ? (subject.role === "agent" ? paths.desk : paths.days) : paths.home}
        >
          {isStaff(subject) ? words.toWork : words.toHome}
        </ButtonLink>
      </div>
      <Reference c={c} />
    </div>,
  )
}

/** Large enough for whoever stands before it: a kiosk in its own look, a board as while it is being paired. */
function OnScreen({ c, said, own }: { c: Context; said: Said; own: string }) {
  const { lang, subject } = c.var
  const again = (
    <ButtonLink weight="main" wide href={own}>
      {common[lang].startOver}
    </ButtonLink>
  )
  if (subject?.role === "board") {
    return (
      <main class="pairing-screen" id="main">
        <h1>{said.title}</h1>
        <What said={said} lang={lang} />
        {again}
        <Reference c={c} />
      </main>
    )
  }
  return (
    <main class="kiosk-screen" id="main">
      <div class="kiosk-body">
        <section class="kiosk-card kiosk-trouble">
          <h1>{said.title}</h1>
          <What said={said} lang={lang} />
        </section>
        {again}
        <Reference c={c} />
      </div>
    </main>
  )
}

function What({ said: { help, wait }, lang }: { said: Said; lang: Lang }) {
  return (
    <>
      <p class="quiet">{help}</p>
      {wait !== null && <p class="strong">{common[lang].again(waitText(wait, lang))}</p>}
    </>
  )
}

function Reference({ c }: { c: Context }) {
  const { lang, requestId } = c.var
  return (
    <p class="faint tiny">
      {common[lang].reference}: <bdi dir="ltr">{requestId}</bdi>
    </p>
  )
}
