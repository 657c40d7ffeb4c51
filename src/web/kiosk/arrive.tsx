import { z } from "zod"
import { token } from "../../base/id.ts"
import { isRefusal, Refusal } from "../../base/refusal.ts"
import { asciiDigits, readNumber } from "../../base/text.ts"
import { checkIn } from "../../domain/queue/arrivals.ts"
import { kioskWords } from "../../i18n/kiosk.ts"
import { readForm } from "../form.ts"
import type { Context } from "../house.ts"
import { bookingCodeOf } from "../numbers.ts"
import { doOnce, onceLengthMax } from "../once.ts"
import { paths } from "../paths.ts"
import { Button, PostForm } from "../shell/controls.tsx"
import { deviceOf, Keypad, kioskOffice, kioskScreen } from "./frame.tsx"
import { toIssued } from "./issued.tsx"
import { Digits, mayTryAgain, type Refused, Trouble } from "./parts.tsx"

export function arrivePage(c: Context): Promise<Response> {
  return arriveForm(c, {}, null)
}

type Typed = Partial<z.infer<typeof arriveFields>>

async function arriveForm(c: Context, typed: Typed, refused: Refused | null): Promise<Response> {
  const { house, lang, formToken } = c.var
  const here = await kioskOffice(c)
  const words = kioskWords[lang]
  const base = paths.kiosk(here.code)
  return kioskScreen(
    c,
    {
      ...{ here, title: words.haveBooking, back: `${base}/start` },
      ...{ status: refused?.refusal.status, refused: refused !== null },
    },
    <div class="kiosk-low">
      <Trouble c={c} here={here} refused={refused} />
      {(refused === null || mayTryAgain(refused)) && (
        <PostForm action={`${base}/arrive`} token={formToken} class="kiosk-form">
          <input type="hidden" name="once" value={token(house.chance, 12)} />
          <Digits
            {...{ name: "code", label: words.byCode, hint: words.byCodeHelp }}
            {...{ maxlength: 10, value: typed.code, autofocus: true }}
          />
          <p class="kiosk-or">{words.or}</p>
          <div class="kiosk-pair">
            <Digits
              {...{ name: "number", label: words.byNumber, hint: words.byNumberHelp }}
              {...{ maxlength: 10, value: typed.number }}
            />
            <Digits
              {...{ name: "birthYear", label: words.birthYear, hint: words.birthYearHelp }}
              {...{ maxlength: 4, value: typed.birthYear }}
            />
          </div>
          <Keypad lang={lang} />
          <Button weight="main" wide>
            {words.arrive}
          </Button>
        </PostForm>
      )}
    </div>,
  )
}

const arriveFields = z.object({
  code: z.string().max(200),
  number: z.string().max(40),
  birthYear: z.string().max(10),
  once: z.string().max(onceLengthMax).default(""),
})

export async function arrived(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const here = await kioskOffice(c)
  let typed: Typed = {}
  try {
    const given = await readForm(c, arriveFields)
    typed = given
    const by = given.code.trim()
      ? { code: bookingCodeOf(given.code) }
      : {
          numberIndex: house.keys.index("number", readNumber(given.number) ?? wrongNumber()),
          birthYear: Number(asciiDigits(given.birthYear)) || 0,
        }
    // A second tap would find that somebody has arrived already, and the number would never be seen.
    const form = { caller: `kiosk:${deviceOf(c).id}`, key: given.once, asked: by }
    const arriving = { office: here.code, by, lang }
    const ticket = await house.writer.write(
      (tx) => doOnce(tx, form, async () => (await checkIn(tx, deviceOf(c), arriving)).ticket.id),
      { scopes: [`office:${here.code}`, "accounts"] },
    )
    return toIssued(c, here, ticket)
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown
    const isByNumber = thrown.code === "booking_unknown" && !typed.code?.trim()
    return arriveForm(c, typed, { refusal: thrown, ...(isByNumber ? { number: typed.number } : {}) })
  }
}

function wrongNumber(): never {
  throw new Refusal("number_invalid")
}
