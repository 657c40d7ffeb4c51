import type { Child } from "hono/jsx"
import type { Instant } from "../../base/day.ts"
import { dayIn } from "../../base/time.ts"
import { readDocumentCode } from "../../domain/documents/codes.ts"
import { type Verified, verifiedDocument } from "../../domain/documents/reads.ts"
import { initials, lastOf, type Standing } from "../../domain/documents/rules.ts"
import { type Office, office as officeOf } from "../../domain/offices/reads.ts"
import { dayText, timeText } from "../../i18n/dates.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { documentKinds, revokedWords, standingWords, verifyWords } from "../../i18n/verify.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Card, Notice } from "../shell/cards.tsx"
import { Button, ButtonLink, Field } from "../shell/controls.tsx"
import { Icon, type IconName } from "../shell/icons.tsx"
import { DocumentCode } from "../verification.tsx"

/** Asks for a code. A form that only looks: it is sent by GET, so that it works from anywhere and changes nothing. */
export function askPage(c: Context): Response | Promise<Response> {
  const { lang } = c.var
  const words = verifyWords[lang]
  const typed = c.req.query("code")?.trim() ?? ""
  if (typed !== "") {
    return c.redirect(paths.verified(encodeURIComponent(readDocumentCode(typed) ?? plain(typed))), 303)
  }
  return show(
    c,
    { title: words.title, styles: ["verify"] },
    <div class="column">
      <h1>{words.title}</h1>
      <p>{words.lead}</p>
      <Ask typed="" lang={lang} />
    </div>,
  )
}

/** What is no code is asked for like a code that is none of ours, and cut to the length of one. */
const plain = (typed: string) => typed.replace(/[^\p{L}\p{N}-]/gu, "").slice(0, 40) || "-"

/** `typed`: what was found to be no code of ours, to be corrected. */
function Ask({ typed, lang }: { typed: string; lang: Lang }) {
  const words = verifyWords[lang]
  return (
    <form class="card stack no-print" method="get" action={paths.verify}>
      <Field
        name="code"
        value={typed}
        label={words.code}
        hint={words.codeHint}
        latin
        required
        autocomplete="off"
        maxlength={300}
      />
      <Button weight="main" wide>
        {words.check}
      </Button>
    </form>
  )
}

/** What a document is worth now. A code of nothing and what is no code are answered alike. */
export async function verifiedPage(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const words = verifyWords[lang]
  const found = await verifiedDocument(house.store, house.keys, c.req.param("code") ?? "", house.clock.office())
  if (!found) return unknownPage(c)
  const office = await officeOf(house.store, found.office)
  return show(
    c,
    { title: `${standingWords[lang][found.standing]} · ${words.title}`, styles: ["verify"], scripts: ["slip"] },
    <div class="column">
      <Card class="stack">
        <Verdict standing={found.standing} lang={lang} />
        <Facts found={found} office={office} lang={lang} />
        {found.standing === "broken" ? (
          <Notice tone="late" icon="warning">
            <p>{words.signedNot}</p>
          </Notice>
        ) : (
          <p class="verify-signed">
            <Icon name="check" size={20} /> {words.signed}
          </p>
        )}
      </Card>
      <details class="card verify-own no-print">
        <summary>{words.ownCheck}</summary>
        <p>{words.ownCheckHow}</p>
        <Proof title={words.signedText}>{found.signed}</Proof>
        <Proof title={words.signature}>{found.signature}</Proof>
        <p>
          {words.publicKey}: <a href={paths.signingKeys}>{paths.signingKeys}</a>
        </p>
      </details>
      <div class="actions no-print">
        <button type="button" class="button button-second" data-print hidden>
          {words.print}
        </button>
        <ButtonLink href={paths.verify}>{words.again}</ButtonLink>
      </div>
    </div>,
  )
}

function unknownPage(c: Context): Response | Promise<Response> {
  const { lang } = c.var
  const typed = plain(c.req.param("code") ?? "")
  const words = verifyWords[lang]
  return show(
    c,
    { title: words.unknown, styles: ["verify"], status: 404 },
    <div class="column">
      <Card class="stack">
        <div class="verify-verdict" data-standing="broken">
          <Icon name="warning" size={40} />
          <h1>{words.unknown}</h1>
        </div>
        <p>{words.unknownHelp}</p>
      </Card>
      <Ask typed={typed === "-" ? "" : typed} lang={lang} />
    </div>,
  )
}

const icons: Record<Standing, IconName> = { valid: "check", expired: "clock", cancelled: "close", broken: "warning" }

function Verdict({ standing, lang }: { standing: Standing; lang: Lang }) {
  return (
    <div class="verify-verdict" data-standing={standing}>
      <Icon name={icons[standing]} size={40} />
      <h1>{standingWords[lang][standing]}</h1>
    </div>
  )
}

function Facts({ found, office, lang }: { found: Verified; office: Office; lang: Lang }) {
  const words = verifyWords[lang]
  const { body, kind, issuedAt, until, revokedAt, revokedWhy } = found
  const moment = (at: Instant) =>
    `${dayText(dayIn(at, office.zone), lang, { year: true })} · ${timeText(at, office.zone, lang)}`
  // What ends with a day is said by that day: midnight would be read as the day after.
  const end = (at: Instant) => {
    const last = dayIn(at - 1, office.zone)
    return last === dayIn(at, office.zone) ? moment(at) : words.untilEndOf(dayText(last, lang, { year: true }))
  }
  const isValid = found.standing === "valid"
  return (
    <>
      <dl class="verify-facts">
        <Row term={words.what}>
          <strong>{body ? inLang(body.title, lang) : documentKinds[lang][kind]}</strong>
        </Row>
        <Row term={words.code}>
          <DocumentCode code={found.code} />
        </Row>
        {body?.goodFor && <Row term={isValid ? words.goodFor : words.wasGoodFor}>{inLang(body.goodFor, lang)}</Row>}
        <Row term={words.office}>{inLang(office.name, lang)}</Row>
        <Row term={words.issuedAt}>{moment(issuedAt)}</Row>
        <Row term={isValid ? words.until : words.wasUntil}>{until === null ? words.noEnd : end(until)}</Row>
        {revokedAt !== null && <Row term={words.revokedAt}>{moment(revokedAt)}</Row>}
        {revokedWhy !== null && <Row term={words.revokedWhy}>{revokedWords[lang][revokedWhy]}</Row>}
        {found.standing === "cancelled" && body?.onceCancelled && (
          <Row term={words.stillAllowed}>
            <strong>{inLang(body.onceCancelled, lang)}</strong>
          </Row>
        )}
        {body?.lines.map(({ label, value }) => (
          <Row term={inLang(label, lang)}>{inLang(value, lang)}</Row>
        ))}
        {body && body.people.length > 0 && (
          <Row term={words.about}>
            <ul class="verify-people">
              {body.people.map(({ name, number }) => (
                <li>
                  <bdi>{initials(inLang(name, lang))}</bdi>
                  {number !== null && (
                    <>
                      {" · "}
                      {words.numberEnds} <bdi dir="ltr">{lastOf(number)}</bdi>
                    </>
                  )}
                </li>
              ))}
            </ul>
          </Row>
        )}
      </dl>
      {body
        ? body.people.length > 0 && <p class="quiet small">{words.masked}</p>
        : found.standing !== "broken" && <p class="quiet small">{words.erased}</p>}
    </>
  )
}

function Row({ term, children }: { term: string; children?: Child }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Proof({ title, children }: { title: string; children?: Child }) {
  return (
    <div class="stack">
      <p class="quiet small">{title}</p>
      <pre class="verify-proof" dir="ltr">
        {children}
      </pre>
    </div>
  )
}
