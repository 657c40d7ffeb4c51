import { isRefusal } from "../../base/refusal.ts"
import { canStop, stopReset } from "../../domain/access/approvals.ts"
import { staffWords } from "../../i18n/staff.ts"
import { hangUp } from "../entering.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Button, PostForm } from "../shell/controls.tsx"
import { readStopLink } from "../stop-link.ts"
import { accounts } from "./head.tsx"

/* For whoever reads that a new way into the account was asked for, and did not ask. The link is enough: there may be no other way in. */

const proofHere = (c: Context) => c.req.param("proof") ?? ""

export async function stopPage(c: Context): Promise<Response> {
  const { house, lang, formToken } = c.var
  const words = staffWords[lang]
  const id = readStopLink(house.keys, proofHere(c))
  const state = id === null ? null : await canStop(house.store, id, house.clock.real())
  if (state === null) return over(c)
  return show(
    c,
    { title: words.stopTitle },
    <div class="column">
      <h1>{words.stopTitle}</h1>
      <p>{state === "open" ? words.stopOpenLead : words.stopLead}</p>
      <PostForm action={paths.resetStop(proofHere(c))} token={formToken}>
        <Button weight="danger" wide>
          {words.stop}
        </Button>
      </PostForm>
    </div>,
  )
}

export async function stop(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const words = staffWords[lang]
  const id = readStopLink(house.keys, proofHere(c))
  if (id === null) return over(c)
  try {
    const { ended } = await house.writer.write((tx) => stopReset(tx, id, house.clock.real()), accounts)
    hangUp(c, ended)
  } catch (thrown) {
    if (!isRefusal(thrown) || (thrown.code !== "request_over" && thrown.code !== "not_found")) throw thrown
    return over(c)
  }
  return show(
    c,
    { title: words.stopped },
    <div class="column">
      <h1>{words.stopped}</h1>
      <p>{words.stoppedHelp}</p>
    </div>,
  )
}

function over(c: Context): Promise<Response> {
  const words = staffWords[c.var.lang]
  return show(
    c,
    { title: words.stopOver, status: 410 },
    <div class="column">
      <h1>{words.stopOver}</h1>
      <p>{words.stopOverHelp}</p>
    </div>,
  ) as Promise<Response>
}
