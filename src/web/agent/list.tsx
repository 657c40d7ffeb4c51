import type { Instant } from "../../base/day.ts"
import { allServices } from "../../domain/catalogue/reads.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import { type QueueRow, queueView } from "../../domain/queue/reads.ts"
import { timeText } from "../../i18n/dates.ts"
import { deskWords } from "../../i18n/desk.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { counted } from "../../i18n/plural.ts"
import type { Rendering } from "../rendering.ts"
import { Empty } from "../shell/cards.tsx"
import { State } from "../shell/marks.tsx"
import { Do, deskForm } from "./hand.tsx"
import { kindOf, signOf, whyText } from "./words.ts"

/** The waiting list of an office as every agent sees it: in the order of due times, each row saying why it stands there. */
export async function listFragment({ store, clock }: Rendering, code: string, lang: Lang): Promise<string> {
  const now = clock.office()
  const [here, queue] = [await officeOf(store, code), await queueView(store, code, now)]
  const services = new Map((await allServices(store)).map((one) => [one.code, inLang(one.name, lang)]))
  const words = deskWords[lang]
  const waiting = queue.lines.reduce((sum, line) => sum + line.waiting, 0)
  const late = queue.waiting.filter(({ due }) => due < now).length
  const rowProps = { zone: here.zone, lang, now, services }
  return String(
    <>
      <div class="list-head">
        <h2>
          {counted("waiting", waiting, lang)}
          {late > 0 && <span class="list-late"> · {words.lateCount(late)}</span>}
        </h2>
        <p class="quiet small">{words.orderBy}</p>
      </div>
      <p class="list-lines quiet small">
        {here.lines.map(({ code: line, name }) => (
          <span>
            {inLang(name, lang)} <strong>{queue.lines.find((one) => one.line === line)?.waiting ?? 0}</strong>
          </span>
        ))}
      </p>
      {queue.waiting.length + queue.aside.length === 0 ? (
        <Empty title={words.empty}>
          <p>{words.emptyHelp}</p>
        </Empty>
      ) : (
        <table class="waiting">
          <thead>
            <tr>
              <th scope="col">{words.colNumber}</th>
              <th scope="col">{words.colDue}</th>
              <th scope="col">{words.colState}</th>
              <th scope="col">{words.colKind}</th>
              <th scope="col">{words.colService}</th>
              <th scope="col">{words.colWhy}</th>
              <th scope="col">
                <span class="spoken">{words.call}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {[...queue.waiting, ...queue.aside].map((row) => (
              <Row row={row} {...rowProps} />
            ))}
          </tbody>
        </table>
      )}
    </>,
  )
}

interface RowProps {
  row: QueueRow
  zone: string
  lang: Lang
  now: Instant
  services: Map<string, string>
}

export function Row({ row, zone, lang, now, services }: RowProps) {
  const words = deskWords[lang]
  const [sign, word] = signOf(row, now, lang)
  const back = row.state === "parked" || row.state === "absent"
  return (
    <tr id={`row-${row.id}`}>
      <td class="number">{row.number}</td>
      <td class="strong nowrap">{timeText(row.due, zone, lang)}</td>
      <td>
        <State sign={sign}>{word}</State>
      </td>
      <td class="nowrap">{kindOf(row, zone, lang)}</td>
      <td>{services.get(row.service) ?? row.service}</td>
      <td class="quiet">
        {whyText(row, zone, lang)}
        {mayConfirm(row) && (
          <>
            {" · "}
            {row.need && words.needs[row.need]}{" "}
            <button type="submit" form={deskForm} name="do" value={`need ${row.id}`} class="link">
              {words.confirmNeed}
            </button>
          </>
        )}
      </td>
      <td class="waiting-act">
        {row.state === "waiting" && (
          <Do verb="call" ticket={row.id} class="button-quiet">
            {words.call}
          </Do>
        )}
        {back && (
          <Do verb="return" ticket={row.id} class="button-quiet">
            {words.bringBack}
          </Do>
        )}
      </td>
    </tr>
  )
}

/** A need that was said at the kiosk and that nobody has seen yet; who is in hand has no more use for it. */
function mayConfirm({ need, state, why }: QueueRow): boolean {
  return need !== null && why.by !== "need" && (state === "waiting" || state === "early" || state === "away")
}
