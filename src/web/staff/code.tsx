import type { Instant } from "../../base/day.ts"
import type { Approved } from "../../domain/access/approvals.ts"
import { staffWords } from "../../i18n/staff.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Card, Notice } from "../shell/cards.tsx"
import { ButtonLink } from "../shell/controls.tsx"
import { staffHead } from "../staff-head.tsx"
import { moment, nameOf } from "./head.tsx"

type Enrolment = { code: string; until: Instant }

/** The second half of an approval's code, for whoever approved. Of a citizen the page says no name: who stands there is known. */
export async function codePage(c: Context, { owner, row }: Pick<Approved, "owner" | "row">, enrolment: Enrolment) {
  const isStaff = owner.kind === "staff"
  const name = isStaff ? (await nameOf(c.var.house, owner.id))[c.var.lang] : null
  const asker = (await nameOf(c.var.house, row.askedBy))[c.var.lang]
  return sheet(c, enrolment, { name, isStaff, isHeld: !isStaff, asker, back: paths.staffRequest(row.id) })
}

/** The code of somebody's first account, for the agent who has seen them. */
export function firstCodePage(c: Context, enrolment: Enrolment): Promise<Response> {
  return sheet(c, enrolment, { name: null, isStaff: false, isHeld: false, asker: null, back: paths.deskAccounts })
}

/** The half that whoever asked has of a code, as long as it is good. */
export function FirstHalf({ c, half, isStaff }: { c: Context; half: Enrolment; isStaff: boolean }) {
  const words = staffWords[c.var.lang]
  return (
    <section class="stack">
      <h2>{words.codeFirst}</h2>
      <p class="no-print">{words.codeSecondWith}</p>
      <Code c={c} code={half.code} until={half.until} isStaff={isStaff} name={null} />
    </section>
  )
}

function Code({ c, code, until, isStaff, name }: Enrolment & { c: Context; isStaff: boolean; name: string | null }) {
  const { house, lang } = c.var
  const words = staffWords[lang]
  return (
    <Card class="stack staff-code">
      {name && <p dir="auto">{words.codeFor(name)}</p>}
      <p class="staff-code-text" dir="ltr">
        <code>{code}</code>
      </p>
      <p dir="auto">{words.codeWhere(house.env.origin + (isStaff ? paths.staffEnrol : paths.enrol))}</p>
      <p>{words.codeUntil(moment(c, until))}</p>
    </Card>
  )
}

/** On screen and on paper, this once. */
function sheet(
  c: Context,
  { code, until }: Enrolment,
  told: { name: string | null; isStaff: boolean; isHeld: boolean; asker: string | null; back: string },
): Promise<Response> {
  const words = staffWords[c.var.lang]
  const title = told.asker === null ? words.codeTitle : words.codeSecond
  return show(
    c,
    { title, ...staffHead(c) },
    <div class="column">
      <h1>{title}</h1>
      {told.asker !== null && <p dir="auto">{words.codeFirstWith(told.asker)}</p>}
      <p class="no-print">{words.codeOnce}</p>
      <Code c={c} code={code} until={until} isStaff={told.isStaff} name={told.name} />
      {told.isHeld && (
        <Notice icon="clock">
          <p>{words.codeHeld}</p>
        </Notice>
      )}
      <p class="quiet no-print">{words.codePrint}</p>
      <div class="actions">
        <ButtonLink weight="quiet" href={told.back}>
          {words.codeHanded}
        </ButtonLink>
      </div>
    </div>,
  ) as Promise<Response>
}
