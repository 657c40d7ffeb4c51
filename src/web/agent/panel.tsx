import { type Instant, minute } from "../../base/day.ts"
import { allServices } from "../../domain/catalogue/reads.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import { wishesIn } from "../../domain/queue/wishes.ts"
import { unreadIn } from "../../domain/visits/chat.ts"
import { awaitingSecond } from "../../domain/visits/check-reads.ts"
import { type Connectivity, type PanelRow, panel, type Watch } from "../../domain/visits/reads.ts"
import { timeText } from "../../i18n/dates.ts"
import { deskWords } from "../../i18n/desk.ts"
import { identityWords } from "../../i18n/identity.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { counted } from "../../i18n/plural.ts"
import { agentVisitWords } from "../../i18n/visits-agent.ts"
import { wishWords } from "../../i18n/wishes.ts"
import { paths } from "../paths.ts"
import type { Rendering } from "../rendering.ts"
import { Empty, Notice } from "../shell/cards.tsx"
import { type Sign, State } from "../shell/marks.tsx"
import { Do } from "./hand.tsx"
import { signOf } from "./words.ts"

/**
 * Who waits for a video office, in the order of the calls: how each is connected and since when. A row is the queue's and stays as long as
 * the ticket waits; a lost connection changes how it looks. No names stand here: who it is is seen by who calls.
 */
export async function panelFragment(
  { store, clock }: Rendering,
  code: string,
  lang: Lang,
  _reader?: string,
  watch?: Watch,
): Promise<string> {
  const now = clock.office()
  const { waiting, aside } = await panel(store, code, now, watch)
  const here = await officeOf(store, code)
  const services = new Map((await allServices(store)).map((one) => [one.code, inLang(one.name, lang)]))
  const words = agentVisitWords[lang]
  const wishing = await wishesIn(store, code)
  const unread = await unreadIn(store, code)
  const rejected = await awaitingSecond(store, code)
  return String(
    <>
      {rejected.map((one) => (
        <Notice tone="late" icon="warning">
          <p>
            {identityWords[lang].secondTitle}
            {one.agent && ` · ${identityWords[lang].secondBy(inLang(one.agent, lang))}`}
          </p>
          <a href={paths.deskCheck(one.id)}>{identityWords[lang].secondOpen}</a>
        </Notice>
      ))}
      <div class="list-head">
        <h2>
          {words.queue} · {counted("waiting", waiting.length, lang)}
        </h2>
      </div>
      {waiting.length + aside.length === 0 ? (
        <Empty title={words.empty} />
      ) : (
        <table class="waiting call-panel">
          <thead>
            <tr>
              <th scope="col">{deskWords[lang].colNumber}</th>
              <th scope="col">{deskWords[lang].colDue}</th>
              <th scope="col">{deskWords[lang].colState}</th>
              <th scope="col">{words.connection}</th>
              <th scope="col">{words.waits}</th>
              <th scope="col">{deskWords[lang].colService}</th>
              <th scope="col">
                <span class="spoken">{words.ring}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {[...waiting, ...aside].map((row) => (
              <Row
                row={row}
                unread={unread.get(row.id) ?? 0}
                isWishing={wishing.has(row.id)}
                now={now}
                zone={here.zone}
                lang={lang}
                service={services.get(row.service) ?? row.service}
              />
            ))}
          </tbody>
        </table>
      )}
    </>,
  )
}

interface RowProps {
  /** Waits for a woman. */
  isWishing: boolean
  row: PanelRow
  unread: number
  now: Instant
  zone: string
  lang: Lang
  service: string
}

function Row({ row, unread, isWishing, now, zone, lang, service }: RowProps) {
  const words = agentVisitWords[lang]
  const [sign, word] = signOf(row, now, lang)
  const said = [
    row.lateAt !== null && words.officeLate,
    row.unanswered > 0 && words.unanswered(counted("times", row.unanswered, lang)),
    row.sentBy && words.sentOn(inLang(row.sentBy, lang)),
    row.forAgent !== null && words.forOther,
    isWishing && wishWords[lang].row,
  ].filter(Boolean)
  return (
    <tr id={`row-${row.id}`}>
      <td class="number">{row.number}</td>
      <td class="strong nowrap">{timeText(row.due, zone, lang)}</td>
      <td>
        <State sign={sign}>{word}</State>
      </td>
      <td data-connectivity={row.connectivity}>
        {!row.isNobodys && (
          <State sign={signOfConnection(row.connectivity)}>{words.connectivity[row.connectivity]}</State>
        )}
        {row.isAway && <span class="quiet"> · {words.elsewhere}</span>}
        {row.connectivitySince !== null && row.connectivity !== "offline" && (
          <span class="quiet">
            {" "}
            {words.since} {timeText(row.connectivitySince, zone, lang)}
          </span>
        )}
      </td>
      <td class="nowrap">{counted("minutes", Math.floor(row.waitingMilliseconds / minute), lang)}</td>
      <td>
        {service}
        {said.length > 0 && <span class="quiet"> · {said.join(" · ")}</span>}
      </td>
      <td class="waiting-act">
        {row.phase !== null && (
          <a class="link panel-messages" href={paths.deskVisit(row.id)}>
            {words.messages}
            {unread > 0 && <strong> · {words.unread(unread)}</strong>}
          </a>
        )}
        {row.state === "waiting" && row.phase !== null && (
          <Do verb="call" ticket={row.id} class="button-quiet" asks>
            {words.ring}
          </Do>
        )}
        {row.state === "waiting" && row.isNobodys && (
          <Do verb="call" ticket={row.id} class="button-quiet">
            {deskWords[lang].call}
          </Do>
        )}
        {(row.state === "parked" || row.state === "absent") && (
          <Do verb="return" ticket={row.id} class="button-quiet">
            {deskWords[lang].bringBack}
          </Do>
        )}
      </td>
    </tr>
  )
}

/** Shape beside the word: never the colour alone. */
export function signOfConnection(connectivity: Connectivity): Sign {
  return ({ offline: "early", online: "good", late: "late", reconnecting: "late", gone: "missed" } as const)[
    connectivity
  ]
}
