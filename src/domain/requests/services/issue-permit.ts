import type { PermitKind, TravelPaper } from "../../../../db/schema/requests.ts"
import type { Day } from "../../../base/day.ts"
import { dayIn } from "../../../base/time.ts"
import { issueDocument } from "../../documents/writes.ts"
import { notify } from "../../notifications/outbox.ts"
import { civilRecord } from "../../people/civil.ts"
import { personalData } from "../../people/reads.ts"
import { civilZone } from "../../people/rules.ts"
import { cancelPermitNow, issuePermitNow, validPermit } from "../permits.ts"
import {
  type Asked,
  type Decision,
  type Fields,
  type Line,
  line,
  type Option,
  type Service,
  said,
  words,
} from "../service.ts"
import { countryNames } from "./countries.ts"
import { dependantField, mustGuard } from "./guardian.ts"
import {
  type AgePolicy,
  type Ages,
  agePolicies,
  agesOn,
  type Bound,
  lastDay,
  monthsFor,
  type PaperProblem,
  paperFor,
} from "./travel-rules.ts"

/* A permit to travel for an unmarried member of the family under twenty-one, given by the guardian. */

const kinds = {
  single: words("سفرة واحدة", "One journey"),
  multiple: words("سفرات متعددة", "Several journeys"),
} satisfies Record<PermitKind, unknown>

const papers = {
  passport: words("جواز السفر", "Passport"),
  national_id: words("الهوية الوطنية", "National identity card"),
} satisfies Record<TravelPaper, unknown>

const optionsOf = (labels: Record<string, Option["label"]>): Option[] =>
  Object.entries(labels).map(([value, label]) => ({ value, label }))

export const issuePermit: Service = issuingBy(agePolicies)

/** As the service, by these rules of age. */
export function issuingBy(policies: readonly AgePolicy[]): Service {
  return {
    code: "PAS-05",
    identity: 2,
    needsRecording: true,
    fields: [
      dependantField,
      { name: "kind", kind: "choice", label: words("نوع التصريح", "Kind of permit"), options: optionsOf(kinds) },
      {
        ...{ name: "paper", kind: "choice", label: words("وثيقة السفر", "Travels on"), options: optionsOf(papers) },
        hint: words("بالهوية إلى دول الخليج وحدها", "The identity card is good for the Gulf states only"),
      },
      { name: "countries", kind: "countries", label: words("إلى أين", "Where to"), max: 20 },
      { name: "until", kind: "day", label: words("آخر يوم للتصريح", "Last day of the permit") },
      {
        ...{ name: "replaces", kind: "choice", isOptional: true, options: replaceable },
        label: words("يُلغى قبل الإصدار", "Cancelled before this one"),
      },
    ],
    decide: (asked) => decide(asked, policies),
    async carryOut({ tx, keys, person, request, visit, office, fields }, { used }) {
      const { dependant, kind, paper, countries, until, replaces } = permitOf(fields)
      const of = { dependant, request, visit, office }
      if (replaces !== "") await cancelPermitNow(tx, keys, { id: replaces, ...of }, "replaced")
      const last = (used["lastDay"] as Day | undefined) ?? until
      const detail = { countries, used }
      const made = await issuePermitNow(tx, keys, { ...of, guardian: person, kind, paper, lastDay: last, detail })
      const who = await personalData(tx, keys, dependant)
      const { code } = await issueDocument(tx, keys, {
        ...{ kind: "permit", person: dependant, office, visit, ref: made.id, until: made.until },
        body: {
          title: words("تصريح سفر", "Travel permit"),
          goodFor: words("مغادرة المملكة والعودة إليها", "Leaving the Kingdom and coming back"),
          onceCancelled: words(
            "لا خروج به من المملكة، ومن خرج به من قبل فعودته متاحة",
            "Nobody leaves the Kingdom on it; whoever has left on it before may still return",
          ),
          people: [{ name: who?.name ?? words("", ""), number: who?.nationalId ?? null }],
          lines: [
            { label: words("رقم التصريح", "Permit number"), value: words(made.number, made.number) },
            { label: words("نوع التصريح", "Kind of permit"), value: kinds[kind] },
            { label: words("وثيقة السفر", "Travels on"), value: papers[paper] },
            { label: words("إلى", "To"), value: countryNames(countries) },
          ],
          content: { countries, lastDay: last },
        },
      })
      await notify(tx, {
        to: { kind: "citizen", id: person },
        kind: "permit_issued",
        data: { permit: made.id },
        dedupe: `permit_issued:${made.id}`,
      })
      return [
        line("رقم التصريح", "Permit number", { is: "typed", text: made.number }),
        line("يسري منذ", "In force since", { is: "day", day: dayIn(tx.now, civilZone) }),
        line("رمز التحقق", "Code for checking it", { is: "document", code }),
      ]
    },
  }
}

async function replaceable({ store, fields, now }: Asked): Promise<Option[]> {
  const there = fields["dependant"] ? await validPermit(store, fields["dependant"], now) : null
  return there ? [{ value: there.id, label: words(`التصريح ${there.number}`, `Permit ${there.number}`) }] : []
}

function permitOf(fields: Fields) {
  return {
    dependant: fields["dependant"] ?? "",
    kind: (fields["kind"] ?? "single") as PermitKind,
    paper: (fields["paper"] ?? "passport") as TravelPaper,
    countries: (fields["countries"] ?? "").split(",").filter(Boolean),
    until: (fields["until"] ?? "") as Day,
    replaces: fields["replaces"] ?? "",
  }
}

async function decide(asked: Asked, policies: readonly AgePolicy[]): Promise<Decision> {
  const { store, keys, fields, now } = asked
  const guard = await mustGuard(asked)
  if (guard.is === "no") return guard
  const { dependant, name, born, until: rightEnds } = guard
  const today = dayIn(now, civilZone)
  const record = await civilRecord(store, keys, dependant)
  if (!record || !born) return no("registry_silent", [], {})
  const ages = agesOn(born, today, policies)
  const years = yearsOf(ages)
  const aged = [...years, line("لا حاجة إلى تصريح من يوم", "Needs no permit from", { is: "day", day: ages.freeFrom })]
  const used: Record<string, unknown> = { ...ages, decidedOn: today }
  if (ages.isFree) return no("of_age", aged, used)
  if (record.marital === "married") return no("married", years, { ...used, marital: record.marital })
  if (record.military) return no("military", years, { ...used, military: true })

  const { kind, paper: on, countries, until, replaces } = permitOf(fields)
  const there = await validPermit(store, dependant, now)
  if (there && there.id !== replaces) {
    const facts = [line("رقم التصريح الساري", "Number of the valid permit", { is: "typed", text: there.number })]
    return { ...no("permit_valid", facts, { ...used, permit: there.id }), offer: offerOf(there.id) }
  }
  if (!there && replaces !== "") return no("permit_gone", [], used)
  const { paper, problem } = paperFor(record, on, countries, today)
  const months = monthsFor(on, countries)
  const ofPaper: Line[] = paper
    ? [line("صلاحية الوثيقة حتى", "The paper is valid until", { is: "day", day: paper.until })]
    : []
  if (problem !== null) {
    const code = problem === "paper_short" ? (`${problem}_${months}` as const) : problem
    return no(code, ofPaper, { ...used, paper: on, months })
  }
  if (until < today) return no("until_past", [], used)
  const most = lastDay(kind, {
    ...{ today, paperUntil: paper.until, freeFrom: ages.freeFrom },
    rightUntil: rightEnds === null ? null : dayIn(rightEnds - 1, civilZone),
  })
  const isCut = until > most.day
  const last = isCut ? most.day : until
  return {
    is: "yes",
    lines: [
      said("إصدار تصريح سفر", "Issue a travel permit"),
      line("لمن", "For", { is: "words", words: name }),
      line("نوع التصريح", "Kind of permit", { is: "words", words: kinds[kind] }),
      line(papers[on].ar, papers[on].en, { is: "typed", text: paper.number }),
      line("إلى", "To", { is: "words", words: countryNames(countries) }),
      line("من يوم", "From", { is: "day", day: today }),
      line("حتى نهاية يوم", "Until the end of", { is: "day", day: last }),
      ...(there
        ? [line("يُلغى قبله التصريح", "Cancelled first: permit", { is: "typed" as const, text: there.number })]
        : []),
      { ...said("يسري فور تأكيدك", "It is in force as soon as you confirm"), isBefore: true },
    ],
    reason: {
      code: "may_travel",
      words: words(
        "الحالة الاجتماعية والسن والوثيقة تجيز التصريح",
        "Unmarried, under twenty-one, and the paper is good for it",
      ),
      facts: [...aged, ...ofPaper, ...(isCut ? [cutBy[most.by]] : [])],
    },
    used: { ...used, lastDay: last, bound: isCut ? most.by : null, months },
  }
}

const yearsOf = ({ hijri, gregorian, calendar }: Ages): Line[] => [
  line("العمر بالهجري", "Age by the Hijri calendar", { is: "years", years: hijri }),
  line("العمر بالميلادي", "Age by the Gregorian calendar", { is: "years", years: gregorian }),
  line("تُحسب السن", "Counted", {
    is: "words",
    words:
      calendar === "hijri"
        ? words("بالتقويم الهجري", "by the Hijri calendar")
        : words("بالتقويم الميلادي", "by the Gregorian calendar"),
  }),
]

const cutBy: Record<Bound, Line> = {
  length: said("قُصّرت المدة إلى أطول ما يجوز لهذا النوع", "Shortened to the longest that this kind may last"),
  paper: said("قُصّرت المدة إلى صلاحية الوثيقة", "Shortened to the validity of the paper"),
  right: said(
    "قُصّرت المدة إلى نهاية الولاية كما ترد في السجل",
    "Shortened to the end of the guardianship, by the registry",
  ),
  birthday: said(
    "قُصّرت المدة إلى اليوم الذي يسبق إتمام الحادية والعشرين",
    "Shortened to the day before the twenty-first birthday",
  ),
}

const offerOf = (permit: string) => ({
  label: words("ألغِ القديم وأصدر الجديد", "Cancel the old one and issue this one"),
  fields: { replaces: permit },
})

type No = "registry_silent" | "of_age" | "married" | "military" | "permit_valid" | "permit_gone" | "until_past"
type PaperNo = Exclude<PaperProblem, "paper_short"> | "paper_short_3" | "paper_short_6"

const renew = words("جدّد الوثيقة ثم اطلب التصريح.", "Renew the paper, then ask for the permit.")
const free = words("السفر بلا تصريح، وتكفي وثيقة سارية.", "No permit is needed to travel: a valid paper is enough.")

const refusals: Record<No | PaperNo, [ar: string, en: string, wayOut: { ar: string; en: string }]> = {
  registry_silent: [
    "لا يرد في السجل ما نقرر به",
    "The registry does not say what we decide by",
    words("راجع أقرب مكتب للأحوال المدنية.", "Go to the nearest civil status office."),
  ],
  of_age: ["اكتملت الحادية والعشرون، فلا حاجة إلى تصريح", "No longer needed: twenty-one years have been reached", free],
  married: ["لا حاجة إلى تصريح بعد الزواج", "No permit needed: married", free],
  military: [
    "لا حاجة إلى تصريح: السفر بإذن الجهة العسكرية",
    "No permit needed: in military service, and travels by its leave",
    free,
  ],
  permit_valid: [
    "يوجد تصريح سارٍ، ولا يسري تصريحان معًا",
    "There is a valid permit already, and no two are valid at a time",
    words("ألغِ التصريح الساري، ثم أصدر غيره.", "Cancel the valid permit, then issue another."),
  ],
  permit_gone: [
    "التصريح الذي أردت إلغاءه لم يعد ساريًا",
    "The permit that was to be cancelled is no longer valid",
    words("اطلب تصريحًا دون إلغاء.", "Ask for a permit without cancelling one."),
  ],
  until_past: [
    "آخر يوم للتصريح قد مضى",
    "The last day of the permit has passed",
    words("اختر يومًا من اليوم.", "Choose a day from today on."),
  ],
  paper_missing: [
    "لا ترد هذه الوثيقة في السجل",
    "The registry knows of no such paper",
    words("أصدر الوثيقة، أو اختر غيرها.", "Have it issued, or choose another one."),
  ],
  gulf_only: [
    "الهوية لا تكفي إلا للسفر إلى دول الخليج",
    "The identity card is good for the Gulf states only",
    words("اختر جواز السفر، أو دول الخليج وحدها.", "Choose the passport, or Gulf states only."),
  ],
  paper_short_3: ["يجب أن تبقى في صلاحية الوثيقة ثلاثة أشهر", "The paper must be valid for three more months", renew],
  paper_short_6: ["يجب أن تبقى في صلاحية الجواز ستة أشهر", "The passport must be valid for six more months", renew],
}

function no(code: No | PaperNo, facts: Line[], used: Record<string, unknown>): Extract<Decision, { is: "no" }> {
  const [ar, en, wayOut] = refusals[code]
  return { is: "no", reason: { code, words: words(ar, en), facts }, used, wayOut }
}
