import { z } from "zod"
import { Refusal } from "../../base/refusal.ts"
import { authorize } from "../../domain/access/authorize.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import { checkView } from "../../domain/visits/check-reads.ts"
import { checkById, decide } from "../../domain/visits/checking.ts"
import { visit } from "../../domain/visits/visits.ts"
import { timeText } from "../../i18n/dates.ts"
import { identityWords } from "../../i18n/identity.ts"
import { inLang } from "../../i18n/lang.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import { type Context, get, type PageRoute, post } from "../house.ts"
import { noteReads } from "../noting.ts"
import { paths } from "../paths.ts"
import { Card } from "../shell/cards.tsx"
import { ButtonLink, PostForm, TextArea } from "../shell/controls.tsx"
import { agentOf } from "./desk.tsx"
import { Outcome, Pictures, Steps } from "./identity.tsx"

/** A rejected check, for the second person who looks at it. */
export const secondRoutes: PageRoute[] = [
  get(paths.deskCheck(":check"), "check.decide", checkPage),
  post(paths.deskCheck(":check"), "check.decide", decideNow),
]

/** The check of this address, where the asker serves its office and it waits for somebody, or they have to do with it. Refuses `not_found`. */
async function decided(c: Context) {
  const { store } = c.var.house
  const by = agentOf(c)
  const check = await checkById(store, c.req.param("check") ?? "")
  const { row } = await visit(store, check.visit)
  const here = await officeOf(store, row.office)
  authorize(by, "check.decide", here)
  const isInvolved = by.id === check.agent || by.id === check.secondBy || by.role === "supervisor"
  if (check.state !== "rejected" && !isInvolved) throw new Refusal("not_found", { what: "check" })
  return { check, row, here, by }
}

async function checkPage(c: Context): Promise<Response> {
  const { house, lang, formToken } = c.var
  const { check, row, here, by } = await decided(c)
  const words = identityWords[lang]
  await noteReads(c, [{ person: row.person, what: "identity", office: here.code, about: row.id }])
  const view = await checkView(house.store, house.keys, check, by.id)
  const pictures = view.steps.flatMap((step) => step.pictures)
  const isToDecide = check.state === "rejected" && check.second === null && check.agent !== by.id
  return show(
    c,
    { title: words.secondTitle, head: "deep", styles: ["desk", "call"], homeHref: paths.desk },
    <div class="column stack" data-zone={here.zone}>
      <h1>{words.secondTitle}</h1>
      <p class="quiet">
        {words.secondBy(view.agentName ? inLang(view.agentName, lang) : "")}
        {check.endedAt !== null && ` · ${timeText(check.endedAt, here.zone, lang)}`}
      </p>
      <Card class="stack">
        <Outcome check={view} lang={lang} />
        <Steps steps={view.steps} lang={lang} />
        <Pictures pictures={pictures} lang={lang} />
      </Card>
      {isToDecide && (
        <Card class="stack">
          <PostForm action={paths.deskCheck(check.id)} token={formToken} class="stack">
            <TextArea name="note" label={words.note} maxlength={500} />
            <div class="actions">
              <button type="submit" name="decision" value="confirmed" class="button button-danger">
                {words.confirm}
              </button>
              <button type="submit" name="decision" value="overturned" class="button button-second">
                {words.overturn}
              </button>
            </div>
          </PostForm>
        </Card>
      )}
      <ButtonLink href={paths.desk}>{words.back}</ButtonLink>
    </div>,
  )
}

const fields = z.object({ decision: z.enum(["confirmed", "overturned"]), note: z.string().max(500).default("") })

async function decideNow(c: Context): Promise<Response> {
  const { house } = c.var
  const { check, here, by } = await decided(c)
  const given = await readForm(c, fields)
  await house.writer.write((tx) => decide(tx, house.keys, by, check.id, given), {
    scopes: [`office:${here.code}`, "accounts"],
  })
  return c.redirect(paths.deskCheck(check.id), 303)
}
