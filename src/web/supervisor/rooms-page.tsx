import { raw } from "hono/html"
import { z } from "zod"
import { isRefusal, Refusal } from "../../base/refusal.ts"
import { may } from "../../domain/access/authorize.ts"
import type { Outcome } from "../../domain/queue/serving.ts"
import { endStuck } from "../../domain/requests/ending.ts"
import { joinAsSupervisor, leaveAsSupervisor } from "../../domain/visits/participants.ts"
import { type StuckReason, stuckReasons } from "../../domain/visits/stuck.ts"
import { participantOf, visit } from "../../domain/visits/visits.ts"
import { dayWords } from "../../i18n/day.ts"
import { roomWords } from "../../i18n/rooms.ts"
import { CallRoom } from "../call-room.tsx"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import { headOf } from "../heads.ts"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Button, ButtonLink, PostForm } from "../shell/controls.tsx"
import { leadOf, managed, supervisorHead } from "./head.tsx"
import { Refused } from "./hours.tsx"
import { outcomes, roomsForm, roomsFragment } from "./rooms.tsx"

/** All rooms of a video office, live. */
export async function roomsPage(c: Context, refusal?: Refusal): Promise<Response> {
  const { house, lang, formToken } = c.var
  const here = await managed(c, "room.watch")
  const words = roomWords[lang]
  const { seq } = await headOf(house, { kind: "queue", office: here.code })
  const { watch, received, relay } = house.hub
  const region = here.video ? await roomsFragment(house, here.code, lang, leadOf(c).id, watch, received, relay) : ""
  const acts = may(leadOf(c), "room.end", here)
  return show(
    c,
    {
      title: words.title,
      head: "deep",
      styles: ["desk", "supervisor", "record", "rooms"],
      scripts: ["live"],
      status: refusal?.status,
      ...supervisorHead(c, here),
    },
    <div class="column day-column" data-zone={here.zone}>
      <div class="row row-apart">
        <h1>{words.title}</h1>
        <span class="live">{words.live}</span>
      </div>
      <p>
        <a href={paths.dayReport(here.code)}>{words.report}</a>
      </p>
      <p class="desk-offline" role="status" data-live-since={dayWords[lang].offline} />
      {refusal && <Refused refusal={refusal} lang={lang} />}
      <form id={roomsForm} method="post" action={paths.dayRooms(here.code)}>
        {formToken !== "" && <input type="hidden" name="_form" value={formToken} />}
      </form>
      {here.video ? (
        <div
          class={`rooms-region stack${acts ? "" : " rooms-read-only"}${may(leadOf(c), "room.join", here) ? "" : " rooms-no-join"}`}
          data-live={`queue:${here.code}`}
          data-view="rooms"
          data-seq={seq}
        >
          {raw(region)}
        </div>
      ) : (
        <p>{words.notVideo}</p>
      )}
    </div>,
  )
}

const fields = z.looseObject({ do: z.string().max(60) })

/** Joins a room, leaves it, or ends a visit that hangs. */
export async function actOnRoom(c: Context): Promise<Response> {
  const { house } = c.var
  const here = await managed(c, "room.end")
  const lead = leadOf(c)
  const given = await readForm(c, fields)
  const [verb = "", id = ""] = given.do.split(" ")
  if (!["join", "leave", "end"].includes(verb)) throw new Refusal("malformed")
  const of = await visit(house.store, id)
  if (of.row.office !== here.code) throw new Refusal("not_found", { what: "visit" })
  const turn = (run: Parameters<typeof house.writer.write>[0]) =>
    house.writer.write(run, { scopes: [`office:${here.code}`, "accounts"] })
  try {
    if (verb === "join") {
      await turn((tx) => joinAsSupervisor(tx, lead, id))
      return c.redirect(paths.dayRoom(here.code, id), 303)
    }
    if (verb === "leave") {
      await turn((tx) => leaveAsSupervisor(tx, lead, id))
    } else {
      const reason = stuckReasons.find((one) => one === given[`reason-${id}`]) satisfies StuckReason | undefined
      const outcome = outcomes.find((one) => one === given[`outcome-${id}`]) satisfies Outcome | undefined
      if (!reason) throw new Refusal("malformed")
      await turn((tx) => endStuck(tx, lead, id, { reason, outcome }))
    }
  } catch (thrown) {
    if (isRefusal(thrown) && thrown.code !== "malformed") return roomsPage(c, thrown)
    throw thrown
  }
  return c.redirect(paths.dayRooms(here.code), 303)
}

/** The room of a visit that the supervisor has joined; who has not is led back to all rooms. */
export async function roomPage(c: Context): Promise<Response> {
  const { house, lang, formToken } = c.var
  const here = await managed(c, "room.join")
  const words = roomWords[lang]
  const { row, ticket, phase } = await visit(house.store, c.req.param("id") ?? "")
  if (row.office !== here.code) throw new Refusal("not_found", { what: "visit" })
  const own = await participantOf(house.store, row.id, leadOf(c).id)
  if (!own || own.state === "gone" || phase === "over") return c.redirect(paths.dayRooms(here.code), 303)
  return show(
    c,
    {
      title: words.roomTitle(ticket.number),
      styles: ["call", "record"],
      scripts: ["visit-guest"],
      ...supervisorHead(c, here),
    },
    <div class="column call-guest stack">
      <h1>{words.roomTitle(ticket.number)}</h1>
      <p class="strong">{words.announced}</p>
      <CallRoom lang={lang} visit={row.id} />
      <div class="actions">
        <PostForm action={paths.dayRooms(here.code)} token={formToken}>
          <Button weight="danger" name="do" value={`leave ${row.id}`}>
            {words.leave}
          </Button>
        </PostForm>
        <ButtonLink href={paths.dayRooms(here.code)}>{words.backToRooms}</ButtonLink>
      </div>
    </div>,
  )
}
