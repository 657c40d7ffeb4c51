import type { Tx } from "../../../db/write.ts"
import { isRefusal, Refusal } from "../../base/refusal.ts"
import { freeze, frozenFor } from "../../domain/access/confirmation.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import { erase, type Obstacle, obstacles } from "../../domain/people/erasure.ts"
import { accountWords } from "../../i18n/account.ts"
import { momentText } from "../../i18n/dates.ts"
import { inLang } from "../../i18n/lang.ts"
import { privacyWords } from "../../i18n/privacy.ts"
import { refusalWords } from "../../i18n/refusals.ts"
import { confirmBy, confirmFields, stepUpFirst } from "../confirming.ts"
import { dropCookie } from "../cookies.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { ConfirmForm } from "../passkey-form.tsx"
import { paths } from "../paths.ts"
import { Card, Notice } from "../shell/cards.tsx"
import { Button, ButtonLink, PostForm } from "../shell/controls.tsx"
import { citizen } from "./data.tsx"
import { homeZone } from "./held.tsx"

/*
 * Erasing oneself: what goes and what stays, what must end first, and then one confirmation that is bound to this very thing. In a
 * demonstration somebody without a passkey may do without it.
 */

const action = "person.erase"

export async function erasurePage(c: Context): Promise<Response> {
  const { house, lang, formToken } = c.var
  const words = privacyWords[lang]
  const against = await obstacles(house.store, citizen(c).id, house.clock.office(), house.clock.real())
  return show(
    c,
    { title: words.eraseTitle, styles: ["privacy"] },
    <div class="column">
      <h1>{words.eraseTitle}</h1>
      <p>{words.eraseLead}</p>
      <Card class="stack">
        <p>{words.eraseGoes}</p>
        <p>{words.eraseStays}</p>
        <p class="quiet">{words.eraseAgain}</p>
      </Card>
      {against.length > 0 ? (
        <>
          <Notice tone="hold" icon="warning">
            <p class="strong">{words.eraseBlocked}</p>
            <p>{words.eraseBlockedHelp}</p>
          </Notice>
          {await Against({ c, against })}
        </>
      ) : (
        <PostForm action={paths.erasure} token={formToken} class="actions">
          <Button weight="danger">{words.eraseStart}</Button>
        </PostForm>
      )}
      <ButtonLink weight="quiet" href={paths.ownData}>
        {words.dataTitle}
      </ButtonLink>
    </div>,
  )
}

/** What stands against it, each with the way to end it. */
export async function Against({ c, against }: { c: Context; against: Obstacle[] }) {
  const { house, lang, subject } = c.var
  const words = privacyWords[lang]
  const isOwn = subject?.role === "citizen"
  const rows = await Promise.all(
    against.map(async ({ kind, id, office, at }) => {
      const here = office === null ? null : await officeOf(house.store, office)
      const moment = at === null ? "" : momentText(at, here?.zone ?? homeZone, lang)
      const text = [here && inLang(here.name, lang), moment].filter(Boolean).join(" · ")
      return { kind, text, href: isOwn ? hrefOf(kind, id) : null }
    }),
  )
  return (
    <ul class="card card-flush list">
      {rows.map(({ kind, text, href }) => (
        <li class="list-row">
          <span class="grow">
            {href ? <a href={href}>{words.obstacles[kind]}</a> : <span class="strong">{words.obstacles[kind]}</span>}
            <br />
            <span class="quiet small">{text}</span>
          </span>
        </li>
      ))}
    </ul>
  )
}

function hrefOf(kind: Obstacle["kind"], id: string | null): string | null {
  switch (kind) {
    case "booking":
      return paths.booking(id ?? "")
    case "ticket":
      return paths.ticket(id ?? "")
    case "place":
      return paths.hold(id ?? "")
    case "waiting":
      return paths.bookings
    case "legal_hold":
      return null
  }
}

/** Freezes what is to be confirmed. */
export async function beginErasure(c: Context): Promise<Response> {
  const { house } = c.var
  const { id } = citizen(c)
  const now = house.clock.real()
  const frozen = await house.writer.write(
    async (tx) => {
      const against = await obstacles(tx, id, tx.now, now)
      if (against.length > 0) throw new Refusal("erasure_blocked")
      const text = { ar: privacyWords.ar.confirmLines, en: privacyWords.en.confirmLines }
      return freeze(tx, { kind: "citizen", id }, { action, object: id, text }, now)
    },
    { scopes: ["accounts"] },
  )
  return c.redirect(paths.erasureConfirmation(frozen.id), 303)
}

export async function confirmationPage(c: Context, told: { error?: string; status?: number } = {}): Promise<Response> {
  const { house, lang } = c.var
  const words = privacyWords[lang]
  const { id, text } = await frozenFor(
    house.store,
    { kind: "citizen", id: citizen(c).id },
    c.req.param("id") ?? "",
    house.clock.real(),
  )
  return show(
    c,
    { title: words.eraseTitle, styles: ["privacy"], scripts: ["passkey"], status: told.status },
    <div class="column">
      <h1>{words.eraseTitle}</h1>
      {told.error && (
        <Notice tone="late" icon="warning">
          <p role="alert">{told.error}</p>
        </Notice>
      )}
      <Card class="stack">
        {text[lang].map((line) => (
          <p class="strong">{line}</p>
        ))}
      </Card>
      <ConfirmForm
        c={c}
        action={paths.erasureConfirmation(id)}
        of={id}
        label={words.eraseConfirm}
        bareLabel={words.eraseDemo}
        weight="danger"
      />
      <ButtonLink weight="quiet" wide href={paths.ownData}>
        {words.dataTitle}
      </ButtonLink>
    </div>,
  )
}

export async function eraseConfirmed(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const { id } = citizen(c)
  const given = await readForm(c, confirmFields)
  const owner = { kind: "citizen" as const, id }
  const now = house.clock.real()
  const frozen = await frozenFor(house.store, owner, c.req.param("id") ?? "", now)
  if (frozen.action !== action) throw new Refusal("not_found")
  const aside = stepUpFirst(c, given, paths.erasureConfirmation(frozen.id))
  if (aside) return aside
  const change = (tx: Tx) => erase(tx, id, id, now)
  let ended: string[]
  try {
    ended = await confirmBy(c, given, { id: frozen.id }, change)
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown
    if (thrown.code === "passkey_refused") {
      return confirmationPage(c, { error: accountWords[lang].passkeyRefused, status: thrown.status })
    }
    if (thrown.code === "erasure_blocked") {
      return confirmationPage(c, { error: refusalWords(thrown.code, lang).title, status: thrown.status })
    }
    throw thrown
  }
  for (const one of ended) house.hub.endSession(one)
  await house.writer.emptyLog()
  dropCookie(c, "sid")
  return c.redirect(paths.erased, 303)
}

/** For whoever is nobody here any more. */
export function erasedPage(c: Context): Response | Promise<Response> {
  const words = privacyWords[c.var.lang]
  return show(
    c,
    { title: words.erased, styles: ["privacy"] },
    <div class="column">
      <h1>{words.erased}</h1>
      <p>{words.erasedHelp}</p>
    </div>,
  )
}
