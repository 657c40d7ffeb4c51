import type { Instant } from "../../base/day.ts"
import { nextSession, sessionAt } from "../../domain/offices/hours.ts"
import { type Office, office as officeOf, sessionsAround } from "../../domain/offices/reads.ts"
import { type BoardCall, type BoardView, boardView } from "../../domain/queue/reads.ts"
import { boardWords } from "../../i18n/board.ts"
import { minuteRange, momentText, timeText } from "../../i18n/dates.ts"
import { direction, inLang, type Lang, otherLang } from "../../i18n/lang.ts"
import type { Rendering } from "../rendering.ts"
import { Icon } from "../shell/icons.tsx"

const recentMax = 3

interface Hall {
  here: Office
  board: BoardView
  now: Instant
  /** When the office opens; null while it is open, or where nothing is known. */
  opensAt: Instant | null
}

async function hallOf({ store, clock }: Rendering, code: string): Promise<Hall> {
  const now = clock.office()
  const here = await officeOf(store, code)
  const sessions = await sessionsAround(store, here, now, 10)
  const opensAt = sessionAt(sessions, now) ? null : (nextSession(sessions, now)?.startsAt ?? null)
  return { here, board: await boardView(store, code, now), now, opensAt }
}

/** The board's live region: numbers and counters, never a name and never a service. */
export async function boardFragment(house: Rendering, code: string, lang: Lang): Promise<string> {
  const { here, board, opensAt } = await hallOf(house, code)
  const [words, second] = [boardWords[lang], boardWords[otherLang[lang]]]
  const [latest, ...older] = board.called
  return String(
    <>
      <section class="board-calls">
        <h2 class="board-title">
          {words.nowCalling} <Second lang={lang}>{second.nowCalling}</Second>
        </h2>
        {latest ? (
          <Called call={latest} word={words.counter} />
        ) : (
          <div class="board-empty">
            <p>{opensAt === null ? words.noCallsYet : words.closed}</p>
            <p class="board-empty-help">
              {opensAt === null ? words.noCallsHelp : words.opensAt(momentText(opensAt, here.zone, lang))}
            </p>
          </div>
        )}
        <h2 class="board-title board-title-recent">
          {words.recent} <Second lang={lang}>{second.recent}</Second>
        </h2>
        <ol class="board-recent">
          {older.slice(0, recentMax).map((call) => (
            <li>
              <span class="number">{call.number}</span>
              <span class="board-at">{timeText(call.at, here.zone, "en")}</span>
              <span class="plate">
                <span class="spoken">{words.counter} </span>
                {call.counter}
              </span>
            </li>
          ))}
        </ol>
        <ol hidden data-calls>
          {board.called.map((call) => (
            <li
              data-number={call.number}
              data-counter={call.counter}
              data-at={call.at}
              data-times={call.calls}
              data-active={call.active ? "1" : "0"}
            />
          ))}
        </ol>
      </section>
      <section class="board-waiting">
        <h2 class="board-title">
          {words.waiting} <Second lang={lang}>{second.waiting}</Second>
        </h2>
        <ul>
          {board.lines.map(({ line, waiting, wait, openCounters }) => (
            <li>
              <p class="board-line">
                {inLang(here.lines.find(({ code }) => code === line)?.name ?? { ar: line, en: line }, lang)}
              </p>
              <p class="board-wait">
                <span class="number">{waiting}</span>
                <span class="board-minutes">{waitText(lang, waiting, wait, openCounters)}</span>
                <span class="board-unknown">{words.minutesUnknown}</span>
              </p>
            </li>
          ))}
        </ul>
      </section>
    </>,
  )
}

function waitText(lang: Lang, waiting: number, wait: BoardView["lines"][number]["wait"], openCounters: number): string {
  if (openCounters === 0) return boardWords[lang].noCounter
  if (waiting === 0) return boardWords[lang].nobody
  return wait ? minuteRange(wait.lowMinutes, wait.highMinutes, lang) : boardWords[lang].minutesUnknown
}

function Called({ call, word }: { call: BoardCall; word: string }) {
  return (
    <div class={call.active ? "board-now board-now-active" : "board-now"}>
      <span class="number">{call.number}</span>
      <span class="board-arrow">
        <Icon name="arrow" size={120} />
      </span>
      <span class="plate">
        <span class="spoken">{word} </span>
        {call.counter}
      </span>
    </div>
  )
}

/** The hall's second language, small beside the first. */
export function Second({ lang, children }: { lang: Lang; children?: string }) {
  const second = otherLang[lang]
  return (
    <span class="board-second" lang={second} dir={direction[second]}>
      {children}
    </span>
  )
}
