import { z } from "zod"
import { minute } from "../../base/day.ts"
import { isRefusal } from "../../base/refusal.ts"
import { readPhone } from "../../base/text.ts"
import { makeOneTimeCode, openOneTimeCode, useOneTimeCode } from "../../domain/access/codes.ts"
import { mustNotBeHeld } from "../../domain/access/owner.ts"
import { addressOf, sealMobile, sealSecret } from "../../domain/notifications/contact.ts"
import { notify } from "../../domain/notifications/outbox.ts"
import { setMobile } from "../../domain/people/writes.ts"
import { momentText } from "../../i18n/dates.ts"
import { inboxWords } from "../../i18n/inbox.ts"
import { counted } from "../../i18n/plural.ts"
import { maskedAddress } from "../../outside/log.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Notice } from "../shell/cards.tsx"
import { Button, ButtonLink, Field, PostForm } from "../shell/controls.tsx"
import { ownerOf } from "./who.ts"

/*
 * A new mobile counts once the code that was sent there has been typed in. Until then the old one stands; from then on it is told, together
 * with every other way there is, that it was changed: whoever took an account over cannot change it unheard.
 */

/** An account belongs to no office. */
const zone = "Asia/Riyadh"

const accounts = { scopes: ["accounts" as const] }

export function mobilePage(c: Context): Promise<Response> {
  return form(c)
}

async function form(c: Context, told: { error?: string; typed?: string; status?: 400 | 429 } = {}): Promise<Response> {
  const { house, lang, formToken } = c.var
  const words = inboxWords[lang]
  const now = await addressOf(house.store, house.keys, ownerOf(c), "sms")
  return show(
    c,
    { title: words.mobileTitle, styles: ["citizen"], status: told.status },
    <div class="column">
      <h1>{words.mobileTitle}</h1>
      <p class="quiet">{words.mobileLead}</p>
      {now && <p class="quiet">{words.mobileOld(leftToRight(maskedAddress(now)))}</p>}
      <PostForm action={paths.mobileNew} token={formToken} class="stack">
        <Field
          name="mobile"
          label={words.newMobile}
          hint={words.newMobileHint}
          error={told.error}
          value={told.typed}
          type="tel"
          digits
          required
          maxlength={40}
          autocomplete="tel"
        />
        <Button weight="main" wide>
          {words.sendCode}
        </Button>
      </PostForm>
      <ButtonLink weight="quiet" wide href={paths.messageSettings}>
        {words.settingsTitle}
      </ButtonLink>
    </div>,
  )
}

const asked = z.object({ mobile: z.string().max(100) })

export async function askForCode(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const { keys, store, writer, clock } = house
  const words = inboxWords[lang]
  const owner = ownerOf(c)
  const { mobile: typed } = await readForm(c, asked)
  const mobile = readPhone(typed)
  if (mobile === null) return form(c, { error: words.mobileWrong, typed, status: 400 })
  if (mobile === (await addressOf(store, keys, owner, "sms"))) {
    return form(c, { error: words.mobileSame, typed, status: 400 })
  }
  const now = clock.real()
  try {
    await writer.write(async (tx) => {
      await mustNotBeHeld(tx, owner, now, c.var.session?.passkey ?? null)
      const sealed = await sealMobile(tx, keys, owner, mobile)
      const wanted = { purpose: "mobile" as const, to: keys.index("mobile", mobile), about: sealed }
      const { id, code, until } = await makeOneTimeCode(tx, keys, owner, wanted, now)
      // Messages go by the office's clock, which in a demonstration is another one.
      const useful = tx.now + (until - now)
      await notify(tx, {
        ...{ to: owner, kind: "one_time_code", data: { until: useful }, until: useful, dedupe: `one_time_code:${id}` },
        secret: await sealSecret(tx, keys, owner, code),
        address: { channel: "sms", sealed },
      })
    }, accounts)
  } catch (thrown) {
    if (!isRefusal(thrown) || thrown.code !== "too_many_requests") throw thrown
    const minutes = Math.ceil((Number(thrown.details["retryAfterSeconds"] ?? 0) * 1000) / minute)
    return form(c, { error: words.codeTooSoon(counted("minutesAfter", minutes, lang)), typed, status: 429 })
  }
  return c.redirect(paths.mobileCode, 303)
}

export function codePage(c: Context): Promise<Response> {
  return askCode(c)
}

async function askCode(c: Context, error?: string): Promise<Response> {
  const { house, lang, formToken } = c.var
  const { store, keys, clock } = house
  const words = inboxWords[lang]
  const owner = ownerOf(c)
  const sent = await openOneTimeCode(store, owner, "mobile", clock.real())
  const mobile = sent?.about ? await addressOf(store, keys, owner, "sms", sent.about) : null
  return show(
    c,
    { title: words.codeTitle, styles: ["citizen"], status: error || !sent ? 400 : undefined },
    <div class="column">
      <h1>{words.codeTitle}</h1>
      {sent && mobile ? (
        <>
          <p>
            {words.codeLead} <bdi dir="ltr">{maskedAddress(mobile)}</bdi>
          </p>
          <p class="quiet">{words.codeUntil(momentText(sent.until, zone, lang))}</p>
          <PostForm action={paths.mobileCode} token={formToken} class="stack">
            <Field
              name="code"
              label={words.code}
              error={error}
              digits
              required
              maxlength={20}
              autocomplete="one-time-code"
              autofocus
            />
            <Button weight="main" wide>
              {words.codeYes}
            </Button>
          </PostForm>
        </>
      ) : (
        <Notice tone="late" icon="warning">
          <p role="alert">{words.codeOver}</p>
        </Notice>
      )}
      <ButtonLink weight={sent ? "quiet" : "main"} wide href={paths.mobileNew}>
        {words.otherMobile}
      </ButtonLink>
    </div>,
  )
}

const given = z.object({ code: z.string().max(100) })

/** Tries the code; with the right one the number is changed in the same turn, and the old one told. */
export async function confirmMobile(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const { keys, writer, clock } = house
  const owner = ownerOf(c)
  const { code } = await readForm(c, given)
  const now = clock.real()
  const is = await writer.write(async (tx) => {
    await mustNotBeHeld(tx, owner, now, c.var.session?.passkey ?? null)
    const tried = await useOneTimeCode(tx, keys, owner, "mobile", code, now)
    const mobile = tried.is === "right" && tried.about ? await addressOf(tx, keys, owner, "sms", tried.about) : null
    if (mobile === null) return tried.is === "wrong" ? "wrong" : "over"
    const before = await setMobile(tx, keys, owner.id, mobile, owner.id)
    const said = { to: owner, kind: "contact_changed" as const, data: { channel: "sms" as const } }
    // To the number that it was. At the new one it is known already.
    const where = before === null ? { used: "sms" as const } : { address: { channel: "sms" as const, sealed: before } }
    await notify(tx, { ...said, dedupe: `contact_changed:${tx.id()}`, ...where })
    return "right"
  }, accounts)
  if (is === "right") return c.redirect(`${paths.messageSettings}?done=mobile`, 303)
  return askCode(c, is === "wrong" ? inboxWords[lang].codeWrong : undefined)
}

/** For a number inside a sentence of either direction (UAX #9: an isolate). */
function leftToRight(text: string): string {
  return `\u2066${text}\u2069`
}
