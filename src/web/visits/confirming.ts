import { z } from "zod"
import { isRefusal, Refusal } from "../../base/refusal.ts"
import { confirmRequest, confirmWithoutPasskey } from "../../domain/requests/carrying.ts"
import { decline, requestsIn } from "../../domain/requests/requests.ts"
import { refusalWords } from "../../i18n/refusals.ts"
import { readForm } from "../form.ts"
import { type Context, type PageRoute, post } from "../house.ts"
import { fingerprintsOf, rulesOf } from "../media-keys.ts"
import { roomOf } from "../passkey-form.tsx"
import { paths } from "../paths.ts"
import { ownRoom } from "./room.tsx"

export const requestRoutes: PageRoute[] = [post(paths.visitConfirmation(":id"), "request.confirm", answer)]

const fields = z.object({
  do: z.string().regex(/^(passkey|demo|decline) [\w-]{8,64}$/),
  response: z
    .string()
    .max(16 * 1024)
    .default(""),
})

/** What the person says to the frozen text. A script gets 204 or a problem; what came of it is in the live region. */
async function answer(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const { row, citizen } = await ownRoom(c)
  const isScript = c.req.header("Accept")?.includes("application/json")
  const given = await readForm(c, fields)
  const [verb = "", confirmation = ""] = given.do.split(" ")
  try {
    const found = (await requestsIn(house.store, row.id)).find((one) => one.confirmation === confirmation)
    // Another text is there by now, or it was answered already: the page shows which.
    if (!found) throw new Refusal("confirmation_over")
    if (verb === "decline") {
      const scopes = [`office:${row.office}` as const]
      await house.writer.write((tx) => decline(tx, citizen, found.id), { scopes })
    } else {
      await confirmed(c, verb === "demo" ? null : given.response, confirmation, found.agent)
    }
    return isScript ? c.body(null, 204) : c.redirect(paths.visit(row.id), 303)
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown
    if (!isScript) return c.redirect(paths.visit(row.id), 303)
    const { title, help } = refusalWords(thrown.code, lang)
    return c.json({ code: thrown.code, title, help }, thrown.status as 409)
  }
}

async function confirmed(c: Context, response: string | null, confirmation: string, agent: string): Promise<void> {
  const { house, session } = c.var
  const { row, citizen } = await ownRoom(c)
  if (!session) throw new Refusal("not_signed_in")
  const given = {
    ...{ citizen, confirmation, session: session.id, passkey: session.passkey },
    fingerprints: await fingerprintsOf(house, row.id, agent),
    rules: rulesOf(house),
  }
  const now = house.clock.real()
  if (response !== null) await confirmRequest(roomOf(house), house.keys, response, given, now)
  else if (house.demo) await confirmWithoutPasskey(house, house.keys, given, now)
  else throw new Refusal("step_up_needed")
}
