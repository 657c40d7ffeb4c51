import { z } from "zod"
import { asciiDigits, readMobile, readNumber } from "../../base/text.ts"
import { sessionsNear } from "../../domain/queue/sessions.ts"
import { ticketByNumber } from "../../domain/queue/tickets.ts"
import { kioskWords } from "../../i18n/kiosk.ts"
import { readForm } from "../form.ts"
import type { Context } from "../house.ts"
import { digitHint, holderOf } from "../numbers.ts"
import { paths } from "../paths.ts"
import { Button, PostForm } from "../shell/controls.tsx"
import { Keypad, kioskOffice, kioskScreen } from "./frame.tsx"
import { toIssued } from "./issued.tsx"
import { Digits } from "./parts.tsx"

export function reprintPage(c: Context): Promise<Response> {
  return reprintForm(c, null)
}

/** `failed`: what was typed and fits no ticket. */
async function reprintForm(c: Context, failed: z.infer<typeof reprintFields> | null): Promise<Response> {
  const { lang, formToken } = c.var
  const here = await kioskOffice(c)
  const words = kioskWords[lang]
  const base = paths.kiosk(here.code)
  return kioskScreen(
    c,
    { here, title: words.reprint, back: `${base}/start`, status: failed ? 404 : 200, refused: failed !== null },
    <div class="kiosk-low">
      {failed && (
        <section class="kiosk-card kiosk-trouble" role="alert">
          <h2>{words.notYours}</h2>
          {digitHint(failed.number, lang) !== "" && <p>{digitHint(failed.number, lang)}</p>}
        </section>
      )}
      <PostForm action={`${base}/reprint`} token={formToken} class="kiosk-form">
        <Digits
          name="ticket"
          label={words.ticketNumber}
          hint={words.ticketNumberHelp}
          maxlength={6}
          value={failed?.ticket}
          autofocus
        />
        <Digits
          {...{ name: "number", label: words.number, hint: words.enterNumberHelp }}
          maxlength={14}
          value={failed?.number}
        />
        <Keypad lang={lang} />
        <Button weight="main" wide icon="printer">
          {words.print}
        </Button>
      </PostForm>
    </div>,
  )
}

const reprintFields = z.object({ ticket: z.string().max(20), number: z.string().max(40) })

/** Prints again for whoever knows both the number on the paper and the one that it was bound to; a stranger learns nothing. */
export async function reprint(c: Context): Promise<Response> {
  const { house } = c.var
  const here = await kioskOffice(c)
  const given = await readForm(c, reprintFields)
  const { nearestDay } = await sessionsNear(house.store, here, house.clock.office())
  const number = Number(asciiDigits(given.ticket))
  const row = Number.isInteger(number) ? await ticketByNumber(house.store, here.code, nearestDay, number) : null
  const bound = await holderOf(house.store, house.keys, {
    nationalId: readNumber(given.number),
    mobile: readMobile(given.number),
  })
  if (!row?.live || bound.holder === null || row.holder !== bound.holder) return reprintForm(c, given)
  return toIssued(c, here, row.id)
}
