import type { Instant } from "../../base/day.ts"
import type { Approved } from "../../domain/access/approvals.ts"
import { staffWords } from "../../i18n/staff.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Card, Notice } from "../shell/cards.tsx"
import { ButtonLink } from "../shell/controls.tsx"
import { moment, nameOf, staffHead } from "./head.tsx"

type Enrolment = { code: string; until: Instant }

/** The code of an approval, for whoever approved. Of a citizen the page says no name: who stands there is known. */
export async function codePage(c: Context, { owner, row }: Pick<Approved, "owner" | "row">, enrolment: Enrolment) {
  const isStaff = owner.kind === "staff"
  const name = isStaff ? (await nameOf(c.var.house, owner.id))[c.var.lang] : null
  return sheet(c, enrolment, { name, isStaff, isHeld: !isStaff, back: paths.staffRequest(row.id) })
}

/** The code of somebody's first account, for the agent who has seen them. */
export function firstCodePage(c: Context, enrolment: Enrolment): Promise<Response> {
  return sheet(c, enrolment, { name: null, isStaff: false, isHeld: false, back: paths.deskAccounts })
}

/** On screen and on paper, this once. */
function sheet(
  c: Context,
  { code, until }: Enrolment,
  told: { name: string | null; isStaff: boolean; isHeld: boolean; back: string },
): Promise<Response> {
  const { house, lang } = c.var
  const words = staffWords[lang]
  const address = house.env.origin + (told.isStaff ? paths.staffEnrol : paths.enrol)
  return show(
    c,
    { title: words.codeTitle, ...staffHead(c) },
    <div class="column">
      <h1>{words.codeTitle}</h1>
      <p class="no-print">{words.codeOnce}</p>
      <Card class="stack staff-code">
        {told.name && <p dir="auto">{words.codeFor(told.name)}</p>}
        <p class="staff-code-text" dir="ltr">
          <code>{code}</code>
        </p>
        <p dir="auto">{words.codeWhere(address)}</p>
        <p>{words.codeUntil(moment(c, until))}</p>
      </Card>
      {told.isHeld && (
        <Notice icon="clock">
          <p>{words.codeHeld}</p>
        </Notice>
      )}
      <p class="quiet no-print">{words.codePrint}</p>
      <div class="actions">
        <ButtonLink weight="quiet" href={told.back}>
          {words.saved}
        </ButtonLink>
      </div>
    </div>,
  ) as Promise<Response>
}
