import type { Child } from "hono/jsx"
import { type Instant, minute } from "../base/day.ts"
import { dayIn } from "../base/time.ts"
import { isStaff } from "../domain/access/subject.ts"
import { accountWords } from "../i18n/account.ts"
import { common } from "../i18n/common.ts"
import { dayText, momentText } from "../i18n/dates.ts"
import { inboxWords } from "../i18n/inbox.ts"
import { inLang, otherLang } from "../i18n/lang.ts"
import { visitorWords } from "../i18n/visitor.ts"
import { Bell, hasInbox } from "./bell.tsx"
import { isReminding } from "./entering.ts"
import type { Context } from "./house.ts"
import { paths } from "./paths.ts"
import { type Made, once } from "./remembered.tsx"
import { sending } from "./sending.ts"
import { PostForm } from "./shell/controls.tsx"
import { type Bytes, type Form, fillForAnybody, formForAnybody, pageBytes } from "./shell/document.tsx"
import type { Frame } from "./shell/page.tsx"
import { StaffLinks } from "./staff-head.tsx"

export interface Shown {
  title: string
  /** Stylesheets of this audience under public/css, e.g. ["citizen"]. */
  styles?: readonly string[]
  /** Browser modules of src/client/pages, e.g. ["live"]. */
  scripts?: readonly string[]
  status?: number
  head?: Frame["head"]
  headLinks?: Child
  headBeside?: Child
  homeHref?: string
  bodyClass?: string
  theme?: Frame["theme"]
  foot?: Child
  /** See `Frame`. */
  againSeconds?: number
  /** It goes on as it is when the session ends, so nobody is asked before that. */
  outlivesSession?: boolean
}

const everywhere = ["fonts", "tokens", "base", "components"] as const

/** Answers with a page: the document around `body`, in the reader's language, with this answer's nonce. */
export async function show(c: Context, page: Shown, body: Child): Promise<Response> {
  return answer(c, await pageBytes(frameOf(c, page), body), page.status)
}

const documents: Made<Form> = new WeakMap()

/**
 * The same to whoever is nobody yet, of a page that many look at: but for what is each answer's own it is made once, of `of`, for as long as
 * that very object is in use. `as`: everything else that page and body are made from. With `until` whoever asks for the same address gets the
 * same until then, as long as `known` still gives `of`; such a page says no number of the answer.
 */
export async function showAnybody(c: Context, { of, as, until, status, make }: ForAnybody): Promise<Response> {
  const { house, lang, nonce, subject, requestId: reference } = c.var
  if (subject) throw new Error("this page is for whoever is nobody yet")
  const form = await once(documents, of, `${lang} ${as}`, async () => {
    const { page, body } = await make()
    return formForAnybody(frameOf(c, page), body)
  })
  const now = house.clock.office()
  const ribbon = ribbonOf(c, now)
  const body = fillForAnybody(form, { otherLangHref: inOtherLang(c), ribbon, reference }, nonce.length)
  const bytes = body({ nonce, now })
  if (until !== undefined) {
    const untilRibbon = ribbon === null ? until : Math.min(until, now - (now % minute) + minute)
    c.var.keep({ of, until: untilRibbon, type: htmlType, body, size: bytes.length })
  }
  return answer(c, bytes, status)
}

interface ForAnybody {
  of: object
  as: string
  until?: Instant
  status?: number
  make: () => Promise<Drawn>
}

/** A page that is not yet shown. */
export interface Drawn {
  page: Shown
  body: Child
}

const htmlType = "text/html; charset=UTF-8"

function answer(c: Context, bytes: Bytes, status = 200): Response {
  return c.body(sending(c, bytes), status as 200, { "Content-Type": htmlType })
}

function frameOf(c: Context, page: Shown): Frame {
  const { house, lang, nonce, formToken, subject } = c.var
  const { assets, look, clock } = house
  const [words, account] = [common[lang], accountWords[lang]]
  const styles = [...everywhere, ...(page.styles ?? []), "print"].map((name) => assets.url(`css/${name}.css`))
  const now = clock.office()
  const expiry = page.outlivesSession ? null : expiryOf(c)
  const isRung = page.head !== "none" && hasInbox(subject)
  // The bell is live on every page; a page's own modules come first, and all of them share one wire.
  const scripts = [...new Set([...(page.scripts ?? []), ...(isRung ? ["live"] : []), ...(expiry ? ["session"] : [])])]
  return {
    lang,
    title: page.title,
    name: inLang(look.name, lang),
    logo: look.logo ? assets.url(look.logo) : null,
    nonce,
    styles: [...styles.slice(0, 2), assets.url("theme.css"), ...styles.slice(2)],
    scripts: scripts.map((name) => assets.url(`${name}.js`)),
    manifest: assets.url("manifest.webmanifest"),
    icon: assets.url("icons/mark.svg"),
    formToken,
    otherLangHref: inOtherLang(c),
    words: { skip: words.skip, otherLang: words.otherLanguage, demo: words.demo },
    ribbon: ribbonOf(c, now, page.head === "none"),
    ribbonLink: house.demo ? { href: paths.demoMessages, text: inboxWords[lang].demoLink } : undefined,
    reminder: isReminding(c) ? { text: account.secondKey, href: paths.passkeyNew, link: account.secondKeyAdd } : null,
    expiry,
    head: page.head,
    bell: isRung ? <Bell c={c} /> : null,
    headLinks: page.headLinks ?? <AccountLinks c={c} />,
    headBeside: page.headBeside,
    homeHref: page.homeHref,
    bodyClass: page.bodyClass,
    theme: page.theme,
    foot: page.foot,
    againSeconds: page.againSeconds,
    now,
  }
}

/** On a board or a kiosk, whose page stays open, a minute would soon be wrong: it says the day alone. */
function ribbonOf(c: Context, now: Instant, stays = false): string | null {
  const { house, lang } = c.var
  if (!house.demo) return null
  const zone = "Asia/Riyadh"
  const words = common[lang]
  return stays ? words.demoDay(dayText(dayIn(now, zone), lang)) : words.demoRibbon(momentText(now, zone, lang))
}

/** What a page knows of the end of its session. Listening counts as nobody at work, so it ends all the same. */
function expiryOf(c: Context): Frame["expiry"] {
  const { session, house, lang } = c.var
  if (!session) return null
  const words = accountWords[lang]
  const left = Math.min(session.idleUntil, session.until) - house.clock.real()
  // What is over after half an hour whatever is done cannot be put off.
  if (session.level === "unproven") {
    return { left, extend: null, title: words.endsTitle, lead: words.endsLead("{left}"), stay: words.endsUnderstood }
  }
  return {
    left,
    extend: paths.sessionExtension,
    title: words.expiresTitle,
    lead: words.expiresLead("{left}"),
    stay: words.expiresStay,
  }
}

/** This very address in the other language. After a form was refused there is no page to come back to but the one before. */
export function inOtherLang(c: Context): string {
  const { here, lang } = c.var
  const wish = `lang=${otherLang[lang]}`
  if (!here.includes("?")) return `${here}?${wish}`
  if (!/lang=|%/.test(here)) return `${here}&${wish}`
  const url = new URL(`http://here${here}`)
  url.searchParams.set("lang", otherLang[lang])
  return url.pathname + url.search
}

function AccountLinks({ c }: { c: Context }) {
  const { subject, lang, formToken } = c.var
  const words = common[lang]
  if (subject?.role === "citizen") {
    return (
      <>
        <a href={paths.bookings}>{words.myBookings}</a>
        {subject.level === "unproven" ? (
          <span>{visitorWords[lang].without}</span>
        ) : (
          <a href={paths.security}>{accountWords[lang].account}</a>
        )}
        <PostForm action={paths.signOut} token={formToken}>
          <button type="submit">{words.signOut}</button>
        </PostForm>
      </>
    )
  }
  if (isStaff(subject)) return <StaffLinks c={c} />
  return subject ? null : <a href={paths.signIn}>{words.signIn}</a>
}
