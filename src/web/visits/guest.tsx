import { raw } from "hono/html"
import { z } from "zod"
import { Refusal } from "../../base/refusal.ts"
import { leaveAsGuest, participantBy, takeUp } from "../../domain/visits/participants.ts"
import { visit } from "../../domain/visits/visits.ts"
import { agentVisitWords } from "../../i18n/visits-agent.ts"
import { CallRoom } from "../call-room.tsx"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import { headOf } from "../heads.ts"
import { type Context, get, type PageRoute, post } from "../house.ts"
import { paths } from "../paths.ts"
import { Card } from "../shell/cards.tsx"
import { Button, PostForm } from "../shell/controls.tsx"
import { ConsentForm, recordFragment } from "./record.tsx"

const path = paths.visitInvitation(":id", ":participant", ":secret")

/** Who was asked into a visit comes by a link, with an account; the link is the first account's that opens it. */
export const guestRoutes: PageRoute[] = [get(path, "visit.listen", guestPage), post(path, "visit.listen", enter)]

/** The invitation that the address names. Refuses `not_found`, also for one that was withdrawn or has become somebody else's. */
async function invitation(c: Context) {
  const { house, subject } = c.var
  const [id = "", participant = "", secret = ""] = ["id", "participant", "secret"].map((name) => c.req.param(name))
  const nothing = new Refusal("not_found", { what: "visit" })
  if (!house.keys.isCapability("visit", participant, secret)) throw nothing
  const { row, phase } = await visit(house.store, id)
  const found = await participantBy(house.store, participant)
  // Who was put out, or has left, may read that it is over for them; an invitation that nobody took up is not there any more.
  const isVoid = found?.state === "removed" && found.subject === null
  if (found?.visit !== id || isVoid || (found.subject !== null && found.subject !== subject?.id)) throw nothing
  return { visit: row, phase, found, here: paths.visitInvitation(id, participant, secret) }
}

async function guestPage(c: Context): Promise<Response> {
  const { house, lang, formToken } = c.var
  const { visit: of, phase, found, here } = await invitation(c)
  const words = agentVisitWords[lang]
  const isOut = found.state === "removed"
  const isIn = found.subject !== null && phase !== "over" && !isOut
  const reader = found.subject ?? ""
  const { seq } = await headOf(house, { kind: "visit", id: of.id, reader })
  const record = isIn ? await recordFragment(house, of.id, lang, reader) : ""
  return show(
    c,
    { title: words.inTitle, styles: ["call", "record"], scripts: isIn ? ["visit-guest"] : [] },
    <div class="column call-guest stack">
      <h1>{words.inTitle}</h1>
      {!isIn && (
        <Card class="stack">
          <p>{isOut ? words.isOut : phase === "over" ? words.over : words.inLead}</p>
          {phase !== "over" && !isOut && (
            <PostForm action={here} token={formToken}>
              <Button weight="main" icon="video">
                {words.enter}
              </Button>
            </PostForm>
          )}
        </Card>
      )}
      {isIn && <p class="call-wait">{words.waitAdmit}</p>}
      {isIn && (
        <>
          <div data-live={`visit:${of.id}`} data-view="record" data-seq={seq}>
            {raw(record)}
          </div>
          <ConsentForm visit={of.id} token={formToken} back={here} />
          <CallRoom lang={lang} visit={of.id} />
          <PostForm action={here} token={formToken}>
            <Button name="do" value="leave" weight="danger" icon="phone">
              {words.leave}
            </Button>
          </PostForm>
        </>
      )}
    </div>,
  )
}

const fields = z.object({ do: z.enum(["enter", "leave"]).default("enter") })

/** Only a press takes an invitation up: what merely looks at a link, a message service for one, does not. Another one leaves. */
async function enter(c: Context): Promise<Response> {
  const { house, subject } = c.var
  const participant = c.req.param("participant") ?? ""
  const secret = c.req.param("secret") ?? ""
  if (!subject || !house.keys.isCapability("visit", participant, secret)) {
    throw new Refusal("not_found", { what: "visit" })
  }
  const { row } = await visit(house.store, c.req.param("id") ?? "")
  const scopes = [`office:${row.office}` as const]
  const { do: pressed } = await readForm(c, fields)
  if (pressed === "leave") {
    await house.writer.write((tx) => leaveAsGuest(tx, subject, participant), { scopes })
    return c.redirect(paths.visitInvitation(row.id, participant, secret), 303)
  }
  const taken = await house.writer.write(
    async (tx) => {
      const own = await takeUp(tx, subject, participant)
      // In the turn that would take it up: an invitation into another visit stays as it is.
      if (own && own.visit !== row.id) throw new Refusal("not_found", { what: "visit" })
      return own
    },
    { scopes },
  )
  if (!taken) throw new Refusal("not_found", { what: "visit" })
  return c.redirect(paths.visitInvitation(row.id, participant, secret), 303)
}
