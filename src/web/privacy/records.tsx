import { shiftOf } from "../../base/clock.ts"
import { recordNames, records } from "../../domain/people/records.ts"
import { lastRuns } from "../../domain/people/retention.ts"
import { momentText } from "../../i18n/dates.ts"
import { counted } from "../../i18n/plural.ts"
import { privacyWords, recordWords } from "../../i18n/privacy.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { staffHead } from "./head.tsx"
import { homeZone } from "./held.tsx"

/** The record of processing, from the table that the daily job carries out. */
export async function recordsPage(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const words = privacyWords[lang]
  const runs = await lastRuns(house.store)
  const shift = shiftOf(house.clock)
  return show(
    c,
    { title: words.recordsTitle, styles: ["privacy"], ...staffHead(c) },
    <div class="column column-wide">
      <h1>{words.recordsTitle}</h1>
      <p class="quiet">{words.recordsLead}</p>
      <section class="table-scroll" aria-label={words.recordsTitle} tabindex={0}>
        <table class="records">
          <thead>
            <tr>
              <th scope="col">{words.what}</th>
              <th scope="col">{words.why}</th>
              <th scope="col">{words.howLong}</th>
              <th scope="col">{words.afterwards}</th>
              <th scope="col">{words.lastRun}</th>
            </tr>
          </thead>
          <tbody>
            {recordNames.map((name) => {
              const { tables, days, becomes, clearedBy, heldBack } = records[name]
              const [what, why] = recordWords[lang][name]
              const ranAt = runs.get(name)
              return (
                <tr>
                  <th scope="row">
                    {what}
                    <br />
                    <span dir="ltr" class="quiet small">
                      {tables.join(", ")}
                    </span>
                  </th>
                  <td>{why}</td>
                  <td>
                    {days === null ? words.noTime : words.days(counted("daysAfter", days, lang))}
                    {heldBack && <span class="quiet small"> · {words.onHold}</span>}
                  </td>
                  <td>{words.becomes[becomes]}</td>
                  <td>
                    {words.clearedBy[clearedBy]}
                    {ranAt !== undefined && (
                      <>
                        <br />
                        <span class="quiet small">{momentText(ranAt + shift, homeZone, lang)}</span>
                      </>
                    )}
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </section>
    </div>,
  )
}
