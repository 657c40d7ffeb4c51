import { gradeOf } from "../../base/call-quality.ts"
import { type Instant, minute } from "../../base/day.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import type { Outcome } from "../../domain/queue/serving.ts"
import type { Received } from "../../domain/visits/checking.ts"
import { talking } from "../../domain/visits/phases.ts"
import type { Connectivity, PanelRow, Watch } from "../../domain/visits/reads.ts"
import { type ReceivedBy, type RelayTrouble, type Room, rooms } from "../../domain/visits/rooms.ts"
import { stuckReasons } from "../../domain/visits/stuck.ts"
import { timeText } from "../../i18n/dates.ts"
import { deskWords } from "../../i18n/desk.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { counted } from "../../i18n/plural.ts"
import { roomWords } from "../../i18n/rooms.ts"
import { agentVisitWords } from "../../i18n/visits-agent.ts"
import { HowRecorded } from "../how-recorded.tsx"
import type { Rendering } from "../rendering.ts"
import { Card, Notice } from "../shell/cards.tsx"
import { type Sign, State } from "../shell/marks.tsx"

/** The form of the buttons; it stands outside the live region. */
export const roomsForm = "rooms-form"

export const outcomes: readonly Outcome[] = ["done", "referred", "not_possible"]

/** All rooms of an office, then everybody who waits: from the queue, so that nobody is missing. No names of visitors. */
export async function roomsFragment(
  { store, clock, env }: Rendering,
  code: string,
  lang: Lang,
  _reader: string,
  watch: Watch,
  received: ReceivedBy,
  relay: () => RelayTrouble | null,
): Promise<string> {
  const now = clock.office()
  const here = await officeOf(store, code)
  const all = await rooms(store, code, now, watch, received)
  const words = roomWords[lang]
  const refused = env.turn ? relay() : null
  const waiting = [...all.waiting, ...all.aside]
  return String(
    <>
      {refused ? (
        <Notice tone="late" icon="warning">
          <p class="strong">
            {words.relayRefused(timeText(refused.since, here.zone, lang), counted("people", refused.count, lang))}
          </p>
          <p>{words.relayRefusedHelp}</p>
        </Notice>
      ) : (
        <Notice tone={env.turn ? "info" : "late"} icon={env.turn ? "info" : "warning"}>
          <p>{env.turn ? words.relay : words.noRelay}</p>
        </Notice>
      )}
      <h2>
        {words.rooms} · <span class="number">{all.rooms.length}</span>
      </h2>
      {all.rooms.length === 0 ? (
        <p class="quiet">{words.noRooms}</p>
      ) : (
        <div class="rooms">
          {all.rooms.map((room) => (
            <OneRoom room={room} zone={here.zone} recorded={env.recording !== "off"} now={now} lang={lang} />
          ))}
        </div>
      )}
      <h2>
        {words.waiting} · <span class="number">{waiting.length}</span>
      </h2>
      {waiting.length === 0 ? (
        <p class="quiet">{words.noWaiting}</p>
      ) : (
        <ul class="rooms-waiting card card-flush">
          {waiting.map((row) => (
            <Waiting row={row} lang={lang} />
          ))}
        </ul>
      )}
    </>,
  )
}

interface OneProps {
  room: Room
  zone: string
  recorded: boolean
  now: Instant
  lang: Lang
}

const signs = {
  ...({ lobby: "waiting", ringing: "called", call: "serving", hold: "parked", private: "parked" } as const),
  ...({ interrupted: "late", wrapUp: "good", over: "good" } as const),
} satisfies Record<NonNullable<Room["phase"]>, Sign>

function OneRoom({ room, zone, recorded, now, lang }: OneProps) {
  const [words, phases] = [roomWords[lang], agentVisitWords[lang]]
  const phase = room.phase ?? "lobby"
  const word = phase === "ringing" ? phases.ringing(room.calls, 2) : phases[phase]
  const joins = talking.includes(phase)
  return (
    <Card class="room stack">
      <div class="row row-apart">
        <h3>
          <bdi>{room.agent.name ? inLang(room.agent.name, lang) : words.agent}</bdi>
        </h3>
        <span class="number room-number">{room.number}</span>
      </div>
      <p>
        <State sign={signs[phase]}>{word}</State>{" "}
        <span class="quiet">{words.since(counted("minutesAfter", Math.floor((now - room.since) / minute), lang))}</span>
      </p>
      <dl class="room-facts">
        <Connection of={words.person} is={room.connectivity} lang={lang} />
        <Connection of={words.agent} is={room.agent.connectivity} lang={lang} />
        {joins && <Quality of={words.toAgent} is={room.quality.ofPerson} lang={lang} />}
        {joins && <Quality of={words.toPerson} is={room.quality.ofAgent} lang={lang} />}
      </dl>
      {recorded && joins && <HowRecorded how={room.recording} waits={false} zone={zone} lang={lang} />}
      {room.lateAt !== null && (
        <p>
          <State sign="late">{words.lateHere}</State>
        </p>
      )}
      {room.supervisors.length > 0 && <p class="small quiet">{words.joined(room.supervisors.length)}</p>}
      <div class="actions room-acts">
        {joins && (
          <button
            type="submit"
            form={roomsForm}
            name="do"
            value={`join ${room.id}`}
            class="button button-second room-join"
          >
            {words.join}
            <span class="spoken">
              {" "}
              {words.number} {room.number}
            </span>
          </button>
        )}
      </div>
      <details class="fold room-end" id={`end-${room.id}`} data-live-keep>
        <summary class="button button-quiet">{words.end}</summary>
        <div class="fold-body stack">
          <p class="small quiet">{words.endHelp}</p>
          <label class="field">
            <span class="label">{words.reason}</span>
            <select class="input" name={`reason-${room.id}`} form={roomsForm}>
              {stuckReasons.map((one) => (
                <option value={one}>{words.reasons[one]}</option>
              ))}
            </select>
          </label>
          <label class="field">
            <span class="label">{words.outcome}</span>
            <select class="input" name={`outcome-${room.id}`} form={roomsForm}>
              <option value="not_possible">{deskWords[lang].notPossible}</option>
              <option value="referred">{deskWords[lang].referred}</option>
              <option value="done">{deskWords[lang].done}</option>
            </select>
          </label>
          <button type="submit" form={roomsForm} name="do" value={`end ${room.id}`} class="button button-danger">
            {words.doEnd}
          </button>
        </div>
      </details>
    </Card>
  )
}

/** Shape beside the word: never the colour alone. */
const connected = {
  ...({ offline: "early", online: "good", late: "late", reconnecting: "late", gone: "missed" } as const),
} satisfies Record<Connectivity, Sign>

function Connection({ of, is, lang }: { of: string; is: Connectivity | null; lang: Lang }) {
  return (
    <div>
      <dt>{of}</dt>
      <dd>
        <State sign={connected[is ?? "offline"]}>{agentVisitWords[lang].connectivity[is ?? "offline"]}</State>
      </dd>
    </div>
  )
}

function Quality({ of, is, lang }: { of: string; is: Received | null; lang: Lang }) {
  const words = roomWords[lang]
  const figures = is && words.figures(is.w, is.h, Math.round(is.fps), Math.round(is.loss * 100))
  return (
    <div>
      <dt>{of}</dt>
      <dd>
        {is === null ? (
          <span class="quiet">{words.unheard}</span>
        ) : (
          <>
            <State sign={({ good: "good", fair: "late", bad: "missed" } as const)[gradeOf(is)]}>
              {words.grades[gradeOf(is)]}
            </State>{" "}
            <bdi class="small quiet">{figures}</bdi>
          </>
        )}
      </dd>
    </div>
  )
}

function Waiting({ row, lang }: { row: PanelRow; lang: Lang }) {
  const words = roomWords[lang]
  const states = deskWords[lang]
  const said = [
    words.here(counted("minutesAfter", Math.floor(row.waitingMilliseconds / minute), lang)),
    row.lateAt !== null && words.lateHere,
    row.unanswered > 0 && words.unansweredTimes(counted("times", row.unanswered, lang)),
  ].filter(Boolean)
  return (
    <li data-waiting={row.id}>
      <span class="number">{row.number}</span>
      {!row.isNobodys && (
        <State sign={connected[row.connectivity]}>{agentVisitWords[lang].connectivity[row.connectivity]}</State>
      )}
      <span class="quiet">
        {row.state === "waiting" ? "" : `${stateWord(row.state, states)} · `}
        {said.join(" · ")}
      </span>
    </li>
  )
}

function stateWord(state: PanelRow["state"], words: (typeof deskWords)[Lang]): string {
  const table: Partial<Record<PanelRow["state"], string>> = {
    early: words.stateEarly,
    away: words.stateAway,
    absent: words.stateAbsent,
    parked: words.stateParked,
  }
  return table[state] ?? ""
}
