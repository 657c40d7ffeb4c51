import { shiftOf } from "../../base/clock.ts"
import { heldUntil } from "../../domain/access/owner.ts"
import { type Passkey, passkeysOf } from "../../domain/access/passkeys.ts"
import { codesLeft, mayRecover } from "../../domain/access/recovery.ts"
import { openResetOf } from "../../domain/access/request-reads.ts"
import { type SessionRow, sessionsOf } from "../../domain/access/sessions.ts"
import { isStaff } from "../../domain/access/subject.ts"
import { knowsPasskeys } from "../../domain/access/webauthn.ts"
import { accountWords } from "../../i18n/account.ts"
import { momentText } from "../../i18n/dates.ts"
import { householdWords } from "../../i18n/household.ts"
import { inboxWords } from "../../i18n/inbox.ts"
import { counted } from "../../i18n/plural.ts"
import { privacyWords } from "../../i18n/privacy.ts"
import { visitorWords } from "../../i18n/visitor.ts"
import { browserOf } from "../browser.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { ownerOf } from "../passkey-form.tsx"
import { paths } from "../paths.ts"
import { Card, Notice } from "../shell/cards.tsx"
import { Button, ButtonLink, PostForm } from "../shell/controls.tsx"
import { stopLink } from "../stop-link.ts"
import { OwnWord } from "./own-word.tsx"

/** In which zone the moments of an account are told: sessions belong to no office. */
const accountZone = "Asia/Riyadh"

/** What was dated by the real clock, as the house's own clock shows it. */
function accountMoment(c: Context, at: number): string {
  return momentText(at + shiftOf(c.var.house.clock), accountZone, c.var.lang)
}

export type Done = "saved" | "passkeyAdded" | "passkeyRemoved" | "sessionEnded" | "passwordChanged"
const done: readonly Done[] = ["saved", "passkeyAdded", "passkeyRemoved", "sessionEnded", "passwordChanged"]

interface Told {
  error?: string
  status?: number
  /** The passkey whose removal is to be confirmed. */
  removing?: string
}

export function securityPage(c: Context): Promise<Response> {
  return security(c, { removing: c.req.query("remove") })
}

/** Passkeys, recovery codes, password and sessions of whoever is signed in, citizens and staff alike. */
export async function security(c: Context, told: Told): Promise<Response> {
  const { house, lang, session } = c.var
  const { store, clock } = house
  const words = accountWords[lang]
  const owner = ownerOf(c)
  const now = clock.real()
  const [passkeys, held, left] = [
    await passkeysOf(store, owner),
    await heldUntil(store, owner, now, session?.passkey ?? null),
    await codesLeft(store, owner),
  ]
  const sessions = await sessionsOf(store, owner, now)
  const asked = await openResetOf(store, owner.id, now)
  const isRecovered = session?.level === "recovered"
  const said = done.find((one) => one === c.req.query("done"))
  const main = owner.kind === "staff"
  return show(
    c,
    { title: words.securityTitle, status: told.status, styles: ["citizen"], head: main ? "deep" : "plain" },
    <div class="column">
      <h1>{words.securityTitle}</h1>
      {said && (
        <Notice tone="good" icon="check">
          <p role="status">{words[said]}</p>
        </Notice>
      )}
      {told.error && (
        <Notice tone="late" icon="warning">
          <p role="alert">{told.error}</p>
        </Notice>
      )}
      {isRecovered && (
        <Notice tone="hold" icon="key">
          <p class="strong">{words.recoveredTitle}</p>
          <p>{words.recoveredLead}</p>
        </Notice>
      )}
      {asked && (
        <Notice tone="late" icon="warning">
          <p class="strong">{words.resetAsked}</p>
          <p>
            <a href={stopLink(house, asked.id)}>{words.resetStop}</a>
          </p>
        </Notice>
      )}
      {held !== null && (
        <Notice tone="hold" icon="clock">
          <p>{words.heldUntil(accountMoment(c, held))}</p>
        </Notice>
      )}
      <section class="stack">
        <h2>{words.passkeysTitle}</h2>
        <p class="quiet">{main ? words.twoKeys : words.passkeysLead}</p>
        {main && passkeys.filter(({ disabledAt }) => disabledAt === null).length === 1 && (
          <Notice tone="hold" icon="key">
            <p>{words.secondKey}</p>
          </Notice>
        )}
        {passkeys.map((passkey) => (
          <PasskeyCard c={c} passkey={passkey} isRemoving={told.removing === passkey.id} isLocked={isRecovered} />
        ))}
        {knowsPasskeys(house.env.origin) ? (
          <ButtonLink
            weight={passkeys.length === 0 || isRecovered ? "main" : "second"}
            wide
            icon="key"
            href={paths.passkeyNew}
          >
            {words.addPasskey}
          </ButtonLink>
        ) : (
          <Notice>
            <p>{words.passkeyInsecure}</p>
          </Notice>
        )}
      </section>
      {!isRecovered && (
        <>
          {mayRecover(owner) && (
            <section class="stack">
              <h2>{words.codesTitle}</h2>
              <p>{left > 0 ? words.codesLeft(counted("recoveryCodes", left, lang)) : words.codesNone}</p>
              <PostForm action={paths.recoveryCodes} token={c.var.formToken} class="stack">
                <Button wide>{words.codesMake}</Button>
                {left > 0 && <p class="quiet small">{words.codesReplace}</p>}
              </PostForm>
            </section>
          )}
          <section class="stack">
            <h2>{words.passwordCard}</h2>
            <ButtonLink wide href={paths.accountPassword}>
              {words.passwordChange}
            </ButtonLink>
          </section>
        </>
      )}
      {isStaff(c.var.subject) && !isRecovered && <OwnWord c={c} by={c.var.subject} />}
      <Sessions c={c} sessions={sessions} />
      {!isRecovered && (
        <ButtonLink wide icon="bell" href={paths.messageSettings}>
          {inboxWords[lang].settingsTitle}
        </ButtonLink>
      )}
      {owner.kind === "citizen" && !isRecovered && (
        <ButtonLink wide icon="person" href={paths.household}>
          {householdWords[lang].title}
        </ButtonLink>
      )}
      {owner.kind === "citizen" && !isRecovered && (
        <ButtonLink wide icon="document" href={paths.ownData}>
          {privacyWords[lang].dataTitle}
        </ButtonLink>
      )}
    </div>,
  )
}

function PasskeyCard({
  c,
  passkey,
  isRemoving,
  isLocked,
}: {
  c: Context
  passkey: Passkey
  isRemoving: boolean
  isLocked: boolean
}) {
  const { lang, formToken } = c.var
  const words = accountWords[lang]
  const { id, name, createdAt, usedAt, backedUp, disabledAt } = passkey
  const moment = (at: number) => accountMoment(c, at)
  const field = `name-${id.slice(0, 12)}`
  return (
    <Card>
      <p class="strong">
        <bdi>{name}</bdi>
      </p>
      <p class="quiet small">
        {words.added(moment(createdAt))} · {usedAt === null ? words.neverUsed : words.lastUsed(moment(usedAt))} ·{" "}
        {backedUp ? words.synced : words.bound}
      </p>
      {disabledAt !== null && <p class="error">{words.disabled}</p>}
      {isRemoving ? (
        <PostForm action={paths.passkey} token={formToken} class="stack">
          <p role="alert">{words.removeAsk(name)}</p>
          <input type="hidden" name="id" value={id} />
          <div class="row">
            <Button weight="danger" name="do" value="remove">
              {words.remove}
            </Button>
            <ButtonLink weight="quiet" href={paths.security}>
              {words.keep}
            </ButtonLink>
          </div>
        </PostForm>
      ) : (
        !isLocked && (
          <details>
            <summary>{words.rename}</summary>
            <PostForm action={paths.passkey} token={formToken} class="stack">
              <input type="hidden" name="id" value={id} />
              <div class="field">
                <label for={field}>{words.passkeyName}</label>
                <input class="input" id={field} name="name" value={name} maxlength={60} required />
              </div>
              <div class="row">
                <Button name="do" value="rename">
                  {words.rename}
                </Button>
                <ButtonLink weight="quiet" href={`${paths.security}?remove=${id}`}>
                  {words.remove}
                </ButtonLink>
              </div>
            </PostForm>
          </details>
        )
      )}
    </Card>
  )
}

function Sessions({ c, sessions }: { c: Context; sessions: SessionRow[] }) {
  const { lang, formToken, session: own } = c.var
  const words = accountWords[lang]
  const moment = (at: number) => accountMoment(c, at)
  const others = sessions.filter(({ id }) => id !== own?.id)
  return (
    <section class="stack">
      <h2>{words.sessionsTitle}</h2>
      {sessions.map((one) => (
        <Card>
          <p class="strong">
            {browserOf(one.userAgent, lang)}
            {one.level === "unproven" && ` · ${visitorWords[lang].without}`}
          </p>
          <p class="quiet small">{words.sessionLine(moment(one.createdAt), moment(one.seenAt))}</p>
          {one.id === own?.id ? (
            <p class="pill">{words.thisSession}</p>
          ) : (
            <PostForm action={paths.accountSessions} token={formToken}>
              <Button weight="quiet" name="session" value={one.id}>
                {words.endSession}
              </Button>
            </PostForm>
          )}
        </Card>
      ))}
      {others.length === 0 ? (
        <p class="quiet">{words.noOthers}</p>
      ) : (
        <PostForm action={paths.accountSessions} token={formToken}>
          <Button wide name="session" value="others">
            {words.endOthers}
          </Button>
        </PostForm>
      )}
    </section>
  )
}
