import { z } from "zod"
import { isRefusal } from "../../base/refusal.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import { ticket as ticketOf } from "../../domain/queue/tickets.ts"
import { checkRecording, openReview, recordingOf } from "../../domain/visits/recording/review.ts"
import { recordingLimits } from "../../domain/visits/recording/times.ts"
import { momentText } from "../../i18n/dates.ts"
import { inLang } from "../../i18n/lang.ts"
import { recordingWords } from "../../i18n/recording.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { readerOf } from "../recording-files.ts"
import { Card } from "../shell/cards.tsx"
import { Button, PostForm, TextArea } from "../shell/controls.tsx"
import { staffHead, staffHere } from "../staff-head.tsx"

/** Before a recording is opened: why. Nothing of it is shown here but when it was. */
export async function askPage(c: Context, told: { error?: string; typed?: string } = {}): Promise<Response> {
  const { house, lang, formToken } = c.var
  const words = recordingWords[lang]
  const of = await recordingOf(house.store, staffHere(c), c.req.param("visit") ?? "")
  const [first] = of.segments
  const { name, zone } = await officeOf(house.store, of.office)
  const { number } = await ticketOf(house.store, of.visit)
  return show(
    c,
    { title: words.reviewTitle, ...staffHead(c), styles: ["staff", "record"], status: told.error ? 400 : 200 },
    <div class="column">
      <h1>{words.number(number)}</h1>
      <p class="quiet">
        {inLang(name, lang)} · {first && momentText(first.startedAt, zone, lang)}
      </p>
      <Card class="stack">
        <p>{words.lead}</p>
        <PostForm action={paths.recordingReviews(of.visit)} token={formToken} class="stack">
          <TextArea
            name="reason"
            label={words.reason}
            hint={words.reasonHelp}
            error={told.error}
            value={told.typed}
            maxlength={recordingLimits.reasonMost}
            required
          />
          <Button weight="main">{words.openNow}</Button>
        </PostForm>
      </Card>
      <p>
        <a href={paths.recordingsOf(of.office)}>{words.back}</a>
      </p>
    </div>,
  )
}

const form = z.object({ reason: z.string().max(2_000) })

/** Goes through the whole chain, then opens it. */
export async function openNow(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const staff = staffHere(c)
  const { reason } = await readForm(c, form)
  if (reason.trim().length < recordingLimits.reasonLeast) {
    return askPage(c, { error: recordingWords[lang].reasonHelp, typed: reason })
  }
  const of = await recordingOf(house.store, staff, c.req.param("visit") ?? "")
  const findings = await checkRecording(house.store, house.keys, of, (segment) => readerOf(house, segment))
  try {
    const id = await house.writer.write(
      (tx) => openReview(tx, house.keys, staff, of.visit, { reason, findings }, house.clock.real()),
      { scopes: [`office:${of.office}`, "accounts"] },
    )
    return c.redirect(paths.recordingReview(id), 303)
  } catch (thrown) {
    if (!isRefusal(thrown) || thrown.code !== "invalid_field") throw thrown
    return askPage(c, { error: recordingWords[lang].reasonHelp, typed: reason })
  }
}
