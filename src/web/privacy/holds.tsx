import { z } from "zod"
import { shiftOf } from "../../base/clock.ts"
import { readDay } from "../../base/day.ts"
import { isRefusal } from "../../base/refusal.ts"
import { readNumber } from "../../base/text.ts"
import { wallToInstant } from "../../base/time.ts"
import { allHolds, liftHold, placeHold } from "../../domain/people/legal-holds.ts"
import { person, personByNumber } from "../../domain/people/reads.ts"
import { momentText } from "../../i18n/dates.ts"
import { inLang } from "../../i18n/lang.ts"
import { privacyWords } from "../../i18n/privacy.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { noteReads } from "../noting.ts"
import { paths } from "../paths.ts"
import { Card, Empty } from "../shell/cards.tsx"
import { Button, Field, PostForm } from "../shell/controls.tsx"
import { staffHead, staffOf } from "./head.tsx"
import { homeZone } from "./held.tsx"

/* Where a court or an inspection needs somebody's data: nothing of it is erased before an end date. */

interface Typed {
  number: string
  reason: string
  until: string
}

export async function holdsPage(
  c: Context,
  told: { errors?: Partial<Typed>; typed?: Typed; status?: number } = {},
): Promise<Response> {
  const { house, lang, formToken } = c.var
  const { store, keys, clock } = house
  const words = privacyWords[lang]
  const now = clock.real()
  const shift = shiftOf(clock)
  const holds = await allHolds(store, keys)
  await noteReads(
    c,
    holds.map((hold) => ({ person: hold.person, what: "found" as const })),
  )
  const rows = await Promise.all(
    holds.map(async (hold) => ({ ...hold, name: (await person(store, keys, hold.person))?.name ?? null })),
  )
  return show(
    c,
    { title: words.holdsTitle, styles: ["privacy"], status: told.status, ...staffHead(c) },
    <div class="column">
      <h1>{words.holdsTitle}</h1>
      <p class="quiet">{words.holdsLead}</p>
      {rows.length === 0 ? (
        <Empty title={words.holdsNone} />
      ) : (
        <ul class="card card-flush list">
          {rows.map(({ id, name, reason, until, liftedAt }) => (
            <li class="list-row">
              <span class="grow">
                <bdi class="strong">{name ? inLang(name, lang) : words.goneName}</bdi>
                <br />
                <span class="written" dir="auto">
                  {reason}
                </span>
                <br />
                <span class="quiet small">
                  {words.holdUntil(momentText(until + shift, homeZone, lang))}
                  {liftedAt !== null ? ` · ${words.lifted}` : until <= now ? ` · ${words.over}` : ""}
                </span>
              </span>
              {liftedAt === null && until > now && (
                <PostForm action={paths.privacyHolds} token={formToken}>
                  <Button name="lift" value={id}>
                    {words.lift}
                  </Button>
                </PostForm>
              )}
            </li>
          ))}
        </ul>
      )}
      <Card class="stack">
        <h2>{words.place}</h2>
        <PostForm action={paths.privacyHolds} token={formToken} class="stack">
          <Field
            name="number"
            label={words.askedNumber}
            error={told.errors?.number}
            value={told.typed?.number}
            digits
            required
            maxlength={20}
            autocomplete="off"
          />
          <Field
            name="reason"
            label={words.holdReason}
            error={told.errors?.reason}
            value={told.typed?.reason}
            required
            maxlength={300}
          />
          <Field
            name="until"
            label={words.holdEnd}
            hint={words.holdEndHelp}
            error={told.errors?.until}
            value={told.typed?.until}
            digits
            required
            maxlength={10}
          />
          <Button weight="main">{words.place}</Button>
        </PostForm>
      </Card>
    </div>,
  )
}

const fields = z.object({
  lift: z.string().max(60).optional(),
  number: z.string().max(40).default(""),
  reason: z.string().max(300).default(""),
  until: z.string().max(20).default(""),
})

export async function changeHolds(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const words = privacyWords[lang]
  const { lift, ...typed } = await readForm(c, fields)
  const by = staffOf(c).id
  const now = house.clock.real()
  const scopes = { scopes: ["accounts" as const] }
  if (lift !== undefined) {
    await house.writer.write((tx) => liftHold(tx, lift, by, now), scopes)
    return c.redirect(paths.privacyHolds, 303)
  }
  const number = readNumber(typed.number)
  const who = number && (await personByNumber(house.store, house.keys.index("number", number)))
  if (!who) return holdsPage(c, { errors: { number: words.unknownNumber }, typed, status: 422 })
  const end = readDay(typed.until)
  const wrong = () => holdsPage(c, { errors: { until: words.holdEndWrong }, typed, status: 422 })
  if (!end) return wrong()
  try {
    // The house may be a demonstration whose clock stands elsewhere; holds go by the real one.
    const until = wallToInstant(end, "00:00", homeZone) - shiftOf(house.clock)
    const given = { person: who.id, reason: typed.reason, until, by }
    await house.writer.write((tx) => placeHold(tx, house.keys, given, now), scopes)
  } catch (thrown) {
    if (!isRefusal(thrown) || thrown.code !== "invalid_field") throw thrown
    return wrong()
  }
  return c.redirect(paths.privacyHolds, 303)
}
