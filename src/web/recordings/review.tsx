import type { Finding, GapRow, SegmentRow } from "../../../db/schema/recordings.ts"
import type { ParticipantRow } from "../../../db/schema/visits.ts"
import { shiftOf } from "../../base/clock.ts"
import { staffNames } from "../../domain/access/names.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import { ticket as ticketOf } from "../../domain/queue/tickets.ts"
import { type PauseReason, pauseReasons } from "../../domain/visits/recording/gaps.ts"
import { recordingOf, reviewOf, reviewsOf } from "../../domain/visits/recording/review.ts"
import { roster } from "../../domain/visits/visits.ts"
import { momentText, secondText } from "../../i18n/dates.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { recordingWords } from "../../i18n/recording.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Notice } from "../shell/cards.tsx"
import { State } from "../shell/marks.tsx"
import { staffHead, staffHere } from "../staff-head.tsx"
import { sizeText } from "./list.tsx"

/** A recording that was opened: first whether it is whole, then what there is of it in the order of time, gaps among it. */
export async function reviewPage(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const words = recordingWords[lang]
  const staff = staffHere(c)
  const review = await reviewOf(house.store, staff, c.req.param("id") ?? "", house.clock.real())
  const of = await recordingOf(house.store, staff, review.visit)
  const { name, zone } = await officeOf(house.store, of.office)
  const { number } = await ticketOf(house.store, of.visit)
  const people = new Map((await roster(house.store, of.visit)).map((one) => [one.id, one]))
  const before = (await reviewsOf(house.store, house.keys, of.visit)).filter(({ id }) => id !== review.id)
  const names = await staffNames(house.store, [...before, ...of.gaps].flatMap(idOf))
  const whoOf = (id: string) => inLang(names.get(id) ?? { ar: "", en: "" }, lang)
  const all = [
    ...of.segments.map((segment, index) => ({ at: segment.startedAt, segment, number: index + 1 })),
    ...of.gaps.map((gap) => ({ at: gap.since, gap })),
  ].sort((one, other) => one.at - other.at)
  const numbers = new Map(of.segments.map(({ id }, index) => [id, index + 1]))
  const time = (at: number) => secondText(at, zone, lang)
  return show(
    c,
    { title: words.number(number), ...staffHead(c), styles: ["staff", "record"] },
    <div class="column">
      <h1>{words.number(number)}</h1>
      <Check findings={review.findings} numbers={numbers} lang={lang} />
      <p class="quiet">
        {inLang(name, lang)} · {of.segments[0] && momentText(of.segments[0].startedAt, zone, lang)} · {words.expires}
      </p>
      <ol class="record-timeline">
        {all.map((one) =>
          "segment" in one ? (
            <Segment
              segment={one.segment}
              number={one.number}
              who={people.get(one.segment.of)}
              isWrong={review.findings.some(({ segment }) => segment === one.segment.id)}
              href={paths.recordingPlay(review.id, one.segment.id)}
              time={time}
              lang={lang}
            />
          ) : (
            <Gap gap={one.gap} who={whoOf(one.gap.by)} time={time} lang={lang} />
          ),
        )}
      </ol>
      {of.gaps.length === 0 && <p class="quiet">{words.gapsNone}</p>}
      {before.length > 0 && (
        <section class="stack">
          <h2>{words.opened}</h2>
          <ul class="record-before">
            {before.map((one) => (
              <li>
                {words.openedLine(whoOf(one.staff), momentText(one.at + shiftOf(house.clock), zone, lang))}
                <br />
                <span class="quiet" dir="auto">
                  {one.reason}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <p>
        <a href={paths.recordingsOf(of.office)}>{words.back}</a>
      </p>
    </div>,
  )
}

const idOf = (one: { staff: string } | GapRow) => ("staff" in one ? one.staff : one.by)

function Check({ findings, numbers, lang }: { findings: Finding[]; numbers: Map<string, number>; lang: Lang }) {
  const words = recordingWords[lang]
  if (findings.length === 0) {
    return (
      <Notice tone="good" icon="check">
        <p class="strong">{words.whole}</p>
        <p>{words.wholeHelp}</p>
      </Notice>
    )
  }
  return (
    <Notice tone="late" icon="warning">
      <p class="strong">{words.broken}</p>
      <p>{words.brokenHelp}</p>
      <ul class="record-findings">
        {findings.map(({ segment, seq, why }) => (
          <li>{words.finding(numbers.get(segment) ?? 0, seq, words.findings[why])}</li>
        ))}
      </ul>
    </Notice>
  )
}

interface SegmentProps {
  segment: SegmentRow
  number: number
  who: ParticipantRow | undefined
  isWrong: boolean
  href: string
  time: (at: number) => string
  lang: Lang
}

function Segment({ segment, number, who, isWrong, href, time, lang }: SegmentProps) {
  const words = recordingWords[lang]
  const { startedAt, heldUntil, closedAt, closedWhy, bytes, chunks, head, what } = segment
  const whom = who ? words.of[who.kind] : words.unknownPerson
  return (
    <li class="card stack">
      <h2 class="record-part">
        {words.part(number)}: {whom}, {words.what[what]}
      </h2>
      <p class="quiet">
        {heldUntil === null ? time(startedAt) : words.from(time(startedAt), time(heldUntil))} · {sizeText(bytes)}
      </p>
      {heldUntil === null && <State sign="missed">{words.nothing}</State>}
      {heldUntil !== null && closedAt === null && <State sign="waiting">{words.open}</State>}
      {heldUntil !== null && closedWhy === "incomplete" && (
        <State sign="late">{words.incompleteUntil(time(heldUntil))}</State>
      )}
      {isWrong && <State sign="missed">{words.broken}</State>}
      {!isWrong && chunks > 0 && (
        <>
          {/* biome-ignore lint/a11y/useMediaCaption: nobody has written down what was said; live text is not kept. */}
          <video class="record-player" src={href} controls preload="metadata" />
          <p class="small record-save">
            <a href={`${href}?save`} download>
              {words.download}
            </a>
          </p>
        </>
      )}
      <p class="quiet tiny record-head">
        {words.head}: <bdi>{head}</bdi>
      </p>
    </li>
  )
}

function Gap({ gap, who, time, lang }: { gap: GapRow; who: string; time: (at: number) => string; lang: Lang }) {
  const words = recordingWords[lang]
  const reason = pauseReasons.find((one): one is PauseReason => one === gap.reason)
  return (
    <li class="record-gap">
      <State sign={gap.why === "late" ? "late" : "parked"}>
        {words.why[gap.why]}
        {reason && ` (${words.reasons[reason]})`}
      </State>{" "}
      <span class="quiet">
        {gap.until === null ? time(gap.since) : words.from(time(gap.since), time(gap.until))} · {who || words.byTime}
      </span>
    </li>
  )
}
