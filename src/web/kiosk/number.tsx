import { z } from "zod"
import type { Need } from "../../../db/schema/queue.ts"
import { token } from "../../base/id.ts"
import { isRefusal, Refusal } from "../../base/refusal.ts"
import { readMobile, readNumber } from "../../base/text.ts"
import { service as serviceOf } from "../../domain/catalogue/reads.ts"
import { issueTicket } from "../../domain/queue/arrivals.ts"
import { kioskWords } from "../../i18n/kiosk.ts"
import { inLang } from "../../i18n/lang.ts"
import { readForm } from "../form.ts"
import type { Context } from "../house.ts"
import { holderOf } from "../numbers.ts"
import { doOnce, onceLengthMax } from "../once.ts"
import { paths } from "../paths.ts"
import { Button, PostForm } from "../shell/controls.tsx"
import { deviceOf, Keypad, kioskOffice, kioskScreen } from "./frame.tsx"
import { toIssued } from "./issued.tsx"
import { Digits, mayTryAgain, type Refused, Trouble } from "./parts.tsx"

export function numberPage(c: Context): Promise<Response> {
  return numberForm(c, { service: c.req.query("service") ?? "" }, null)
}

/** What somebody has put in so far; after a refusal it stands there again. */
interface Typed {
  service: string
  number?: string
  people?: number
  need?: Need | ""
}

async function numberForm(c: Context, typed: Typed, refused: Refused | null): Promise<Response> {
  const { lang, house } = c.var
  const here = await kioskOffice(c)
  const service = await serviceOf(house.store, typed.service)
  return kioskScreen(
    c,
    {
      ...{ here, title: inLang(service.name, lang), back: `${paths.kiosk(here.code)}/services` },
      ...{ status: refused?.refusal.status, refused: refused !== null },
    },
    <div class="kiosk-low">
      <Trouble c={c} here={here} refused={refused} />
      {(refused === null || mayTryAgain(refused)) && <NumberForm c={c} action={paths.kiosk(here.code)} typed={typed} />}
    </div>,
  )
}

const needs: Need[] = ["age", "disability", "pregnancy", "infant"]

function NumberForm({ c, action, typed }: { c: Context; action: string; typed: Typed }) {
  const { lang, formToken, house } = c.var
  const words = kioskWords[lang]
  const { service, number, people = 1, need = "" } = typed
  return (
    <PostForm action={`${action}/number`} token={formToken} class="kiosk-form">
      <input type="hidden" name="service" value={service} />
      <input type="hidden" name="once" value={token(house.chance, 12)} />
      <Digits name="number" label={words.number} hint={words.enterNumberHelp} maxlength={14} value={number} autofocus />
      <fieldset class="kiosk-choices kiosk-people">
        <legend>{words.people}</legend>
        {[1, 2, 3, 4, 5, 6].map((count) => (
          <label class="choice">
            <input type="radio" name="people" value={count} checked={count === people} />
            <span>{count}</span>
          </label>
        ))}
      </fieldset>
      <div class="kiosk-beside">
        <Keypad lang={lang} />
        <fieldset class="kiosk-choices kiosk-needs">
          <legend>
            {words.need} <span class="quiet">{words.needHelp}</span>
          </legend>
          <label class="choice">
            <input type="radio" name="need" value="" checked={need === ""} />
            <span>{words.needNone}</span>
          </label>
          {needs.map((one) => (
            <label class="choice">
              <input type="radio" name="need" value={one} checked={need === one} />
              <span>{words.needs[one]}</span>
            </label>
          ))}
        </fieldset>
      </div>
      <Button weight="main" wide>
        {words.take}
      </Button>
    </PostForm>
  )
}

const takeFields = z.object({
  service: z.string().max(20),
  once: z.string().max(onceLengthMax),
  number: z.string().max(40),
  people: z.coerce.number().int().min(1).max(10).default(1),
  need: z.enum(["", "age", "disability", "pregnancy", "infant"]).default(""),
})

export async function take(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const here = await kioskOffice(c)
  const given = await readForm(c, takeFields)
  try {
    const [nationalId, mobile] = [readNumber(given.number), readMobile(given.number)]
    if (!nationalId && !mobile) throw new Refusal(given.number.trim() === "" ? "number_required" : "number_invalid")
    const bound = await holderOf(house.store, house.keys, { nationalId, mobile })
    const asked = {
      office: here.code,
      service: given.service,
      ...bound,
      people: given.people,
      need: given.need || null,
      lang,
    }
    // A finger that taps twice, or a page that is sent again, gets the number that it already has.
    const ticket = await house.writer.write(
      (tx) => {
        const form = { caller: `kiosk:${deviceOf(c).id}`, key: given.once, asked }
        return doOnce(tx, form, async () => (await issueTicket(tx, deviceOf(c), asked)).id)
      },
      { scopes: [`office:${here.code}`, "accounts"] },
    )
    return toIssued(c, here, ticket)
  } catch (thrown) {
    if (isRefusal(thrown)) return numberForm(c, given, { refusal: thrown })
    throw thrown
  }
}
