import { raw } from "hono/html"
import { minute } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import { authorize } from "../../domain/access/authorize.ts"
import type { Citizen } from "../../domain/access/subject.ts"
import { service as serviceOf } from "../../domain/catalogue/reads.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import { ticketView } from "../../domain/queue/reads.ts"
import { visitLimits } from "../../domain/visits/times.ts"
import { participantOf, visit } from "../../domain/visits/visits.ts"
import { timeText } from "../../i18n/dates.ts"
import { paperWords } from "../../i18n/identity.ts"
import { inLang } from "../../i18n/lang.ts"
import { visitWords } from "../../i18n/visits.ts"
import { CallRoom } from "../call-room.tsx"
import { OtherClock, readerZone } from "../clocks.tsx"
import { show } from "../frame.tsx"
import { GiveFile } from "../give-file.tsx"
import { headOf } from "../heads.ts"
import type { Context } from "../house.ts"
import { NoticeOffer } from "../notices.tsx"
import { papersFragment } from "../papers.tsx"
import { paths } from "../paths.ts"
import { qrCode } from "../qr.ts"
import { Card, IconLine } from "../shell/cards.tsx"
import { Button, ButtonLink, PostForm, TextArea } from "../shell/controls.tsx"
import { askedFragment, otherWayForm } from "./asked.tsx"
import { messagesFragment } from "./messages.tsx"
import { ConsentForm, recordFragment } from "./record.tsx"
import { visitFragment } from "./region.tsx"
import { ConfirmAnswer, requestFragment } from "./request.tsx"
import { SelfTest } from "./self-test.tsx"
import { wishForm, wishFragment } from "./wish.tsx"

/** How long the code that moves a visit to the phone is good. */
const handoverMinutes = 10

/** Behind a gate that lets in citizens alone. */
export function mustBeCitizen({ var: { subject } }: Context): Citizen {
  if (subject?.role !== "citizen") throw new Refusal("not_signed_in")
  return subject
}

/** The visit that the address names, for its own person and nobody else. Refuses `not_found`. */
export async function ownRoom(c: Context) {
  const { house } = c.var
  const citizen = mustBeCitizen(c)
  const found = await visit(house.store, c.req.param("id") ?? "")
  authorize(citizen, "visit.attend", found.ticket)
  const self = await participantOf(house.store, found.row.id, citizen.id)
  if (!self) throw new Refusal("not_found", { what: "visit" })
  return { ...found, citizen, self }
}

/** One page for the whole visit: what happens in it changes, the page stays. */
export async function visitPage(c: Context): Promise<Response> {
  const { house, lang, formToken } = c.var
  const words = visitWords[lang]
  const { row, phase, citizen, self } = await ownRoom(c)
  const { id } = row
  const office = await officeOf(house.store, row.office)
  const { seq } = await headOf(house, { kind: "visit", id, reader: citizen.id })
  const { bookedAt, service: code } = await ticketView(house.store, id, house.clock.office())
  const service = await serviceOf(house.store, code)
  const region = await visitFragment(house, id, lang, citizen.id)
  const messages = await messagesFragment(house, id, lang, citizen.id)
  const record = await recordFragment(house, id, lang, citizen.id)
  const request = await requestFragment(house, id, lang, citizen.id)
  const wish = await wishFragment(house, id, lang, citizen.id)
  const asked = await askedFragment(house, id, lang, citizen.id)
  const papers = await papersFragment(house, id, lang, citizen.id)
  const takes = isHandover(c, id, self.epoch, c.req.query("take") ?? "")
  const isOver = phase === "over"
  return show(
    c,
    {
      title: `${inLang(service.name, lang)} · ${words.title}`,
      styles: ["visit", "call", "record"],
      scripts: [isOver ? "live" : "visit"],
      bodyClass: "visit-page",
      // Without a script a ring is seen by asking again, well within it.
      againSeconds: isOver ? undefined : 25,
    },
    <div
      class="column visit-column"
      data-zone={office.zone}
      data-visit={id}
      data-self={citizen.id}
      data-takes={takes ? "" : undefined}
      data-said={JSON.stringify({ message: words.chatNew("{text}"), refused: words.chatRefused, over: words.chatOver })}
      data-results={paths.visitResults(id)}
    >
      <p class="visit-offline" role="status" data-live-since={words.offline} />
      <header>
        <h1 class="visit-title-line">{inLang(service.name, lang)}</h1>
        <p class="quiet">{inLang(office.name, lang)}</p>
        {bookedAt !== null && (
          <>
            <p class="quiet">{words.bookedFor(timeText(bookedAt, office.zone, lang))}</p>
            <OtherClock
              at={bookedAt}
              zone={office.zone}
              reader={readerZone(c)}
              lang={lang}
              words={{ yourTime: words.joinYours }}
            />
          </>
        )}
      </header>
      <div data-live={`visit:${id}`} data-seq={seq} data-region data-sounds="/assets/sounds">
        {raw(region)}
      </div>
      {!isOver && <NoticeOffer lang={lang} />}
      {!isOver && (
        <div data-live={`visit:${id}`} data-view="record" data-seq={seq}>
          {raw(record)}
        </div>
      )}
      {!isOver && (
        <div data-live={`visit:${id}`} data-view="wish" data-seq={seq} data-while-open>
          {raw(wish)}
        </div>
      )}
      {!isOver && (
        <div class="asked-place" data-live={`visit:${id}`} data-view="asked" data-seq={seq} aria-live="polite">
          {raw(asked)}
        </div>
      )}
      {!isOver && <CallRoom visit={id} lang={lang} end={words.endCall} />}
      <div data-live={`visit:${id}`} data-view="request" data-seq={seq} data-request>
        {raw(request)}
      </div>
      {!isOver && <ConfirmAnswer c={c} id={id} />}
      {!isOver && (
        <>
          <ConsentForm visit={id} token={formToken} />
          <PostForm action={paths.visitAnswer(id)} token={formToken} id="visit-answer" />
          <PostForm action={paths.visitBack(id)} token={formToken} id="visit-back" />
          <PostForm action={paths.visitOtherWay(id)} token={formToken} id={otherWayForm} />
          <PostForm action={paths.visitWish(id)} token={formToken} id={wishForm} />
          <PostForm action={paths.visitAway(id)} token={formToken} id="visit-away" />
          <PostForm action={paths.visitNotNow(id)} token={formToken} id="visit-not-now" />
          <section class="visit-leave card stack" id="leave" data-while-open>
            <h2>{words.leaveSure}</h2>
            <p class="quiet">{words.leaveHelp}</p>
            <PostForm action={paths.visitLeave(id)} token={formToken} class="actions">
              <ButtonLink href="#main">{words.stay}</ButtonLink>
              <Button weight="danger">{words.leaveYes}</Button>
            </PostForm>
          </section>
          <section class="visit-leave card stack" id="end" data-while-open>
            <h2>{words.endSure}</h2>
            <p class="quiet">{words.endHelp}</p>
            <PostForm action={paths.visitLeave(id)} token={formToken} class="actions">
              <ButtonLink href="#main">{words.stay}</ButtonLink>
              <Button weight="danger">{words.endYes}</Button>
            </PostForm>
          </section>
          <noscript>
            <ButtonLink href={paths.visit(id)}>{words.refresh}</ButtonLink>
          </noscript>
          {service.documents.length > 0 && (
            <div data-while-open>
              <IconLine icon="document" title={words.have}>
                <ul>
                  {service.documents.map((paper) => (
                    <li>{inLang(paper, lang)}</li>
                  ))}
                </ul>
              </IconLine>
            </div>
          )}
          <details class="card visit-more" id="test" data-while-open>
            <summary>
              <h2>{words.test}</h2>
            </summary>
            <SelfTest lang={lang} keepAt={paths.visitResults(id)} turn={house.env.turn} />
          </details>
        </>
      )}
      <Card class="stack">
        <h2 id="files">{paperWords[lang].title}</h2>
        <div data-live={`visit:${id}`} data-view="papers" data-seq={seq}>
          {raw(papers)}
        </div>
        {!isOver && (
          <div data-while-open>
            <GiveFile action={paths.visitFiles(id)} token={formToken} lang={lang} />
          </div>
        )}
      </Card>
      <Card class="stack visit-chat">
        <h2 id="chat">{words.chat}</h2>
        <div data-live={`visit:${id}`} data-view="messages" data-seq={seq} data-messages>
          {raw(messages)}
        </div>
        {!isOver && (
          <div data-while-open>
            <PostForm action={paths.visitMessages(id)} token={formToken} class="stack" id="visit-chat">
              <TextArea name="text" label={words.chatField} maxlength={visitLimits.textLength} required />
              <Button>{words.chatSend}</Button>
            </PostForm>
          </div>
        )}
      </Card>
      {!isOver && (
        <details class="card visit-more" data-while-open>
          <summary>
            <h2>{words.handover}</h2>
          </summary>
          <p>{words.handoverHelp}</p>
          <img
            class="visit-qr"
            src={paths.visitHandover(id)}
            alt={words.handoverQr}
            width="240"
            height="240"
            loading="lazy"
            data-handover
          />
          <p class="quiet small">{words.handoverOnce}</p>
        </details>
      )}
      <p class="faint small">
        <span class="live">{words.live}</span>
      </p>
    </div>,
  )
}

/**
 * The address that opens the visit on another device and goes on there at once. It is good for the connection that holds now, so it is over
 * as soon as another one has taken its place; signing in is asked for all the same.
 */
export async function handoverQr(c: Context): Promise<Response> {
  const { house } = c.var
  const { row, self } = await ownRoom(c)
  const at = Math.floor(house.clock.office() / minute)
  const secret = house.keys.capability("visit_handover", `${row.id}.${self.epoch}.${at}`, 24)
  const address = `${house.env.origin}${paths.visit(row.id)}?take=${at}.${secret}`
  const svg = await qrCode(address)
  return c.body(svg, 200, { "Content-Type": "image/svg+xml", "Cache-Control": "no-store" })
}

function isHandover(c: Context, id: string, epoch: number, given: string): boolean {
  const { keys, clock } = c.var.house
  const [at = "", secret = ""] = given.split(".")
  const age = Math.floor(clock.office() / minute) - Number(at)
  const isInTime = /^\d{1,12}$/.test(at) && age >= 0 && age <= handoverMinutes
  return isInTime && keys.isCapability("visit_handover", `${id}.${epoch}.${at}`, secret, 24)
}
