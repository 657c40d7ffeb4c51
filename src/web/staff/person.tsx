import { z } from "zod"
import { isRefusal, Refusal } from "../../base/refusal.ts"
import { disableStaff, isTaking, takeAway } from "../../domain/access/approvals.ts"
import { keysOf } from "../../domain/access/integrators.ts"
import { placesIn } from "../../domain/access/places.ts"
import { requestsFor } from "../../domain/access/request-reads.ts"
import { decidesOver, type Grant } from "../../domain/access/roles.ts"
import { isFresh } from "../../domain/access/sessions.ts"
import { type Member, staffWithin } from "../../domain/access/staff-list.ts"
import { inLang } from "../../i18n/lang.ts"
import { refusalWords } from "../../i18n/refusals.ts"
import { staffWords } from "../../i18n/staff.ts"
import { hangUp } from "../entering.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Card, LinkList } from "../shell/cards.tsx"
import { Button, ButtonLink, PostForm } from "../shell/controls.tsx"
import { staffHead, staffHere } from "../staff-head.tsx"
import { beginAsking } from "./confirming.tsx"
import { GrantFields, readGrant } from "./grants.tsx"
import { Good, grantNames, moment, Problem } from "./head.tsx"
import { leaveCounter, officesOf } from "./leaving.ts"
import { KeysLine, Standing } from "./people.tsx"
import { tellRights } from "./telling.ts"

/** The member of this page, who lies within the reader's area. Refuses `not_found`, also for one of elsewhere. */
async function member(c: Context): Promise<Member> {
  const id = c.req.param("id") ?? ""
  const found = (await staffWithin(c.var.house.store, staffHere(c))).find((one) => one.id === id)
  if (!found) throw new Refusal("not_found", { what: "staff" })
  return found
}

export async function memberPage(c: Context): Promise<Response> {
  return onePage(c, await member(c), {})
}

async function onePage(
  c: Context,
  who: Member,
  told: { error?: string; status?: number; typed?: { role: string; area: string } },
): Promise<Response> {
  const { house, lang } = c.var
  const words = staffWords[lang]
  const by = staffHere(c)
  const [grant, places] = [await grantNames(house), await placesIn(house.store)]
  const decides = who.id !== by.id && decidesOver(by, who, places)
  const { open } = await requestsFor(house.store, by, house.clock.real())
  const waiting = open.find(({ subject }) => subject === who.id)
  return show(
    c,
    { title: inLang(who.name, lang), status: told.status, ...staffHead(c) },
    <div class="column">
      <h1>
        <bdi>{inLang(who.name, lang)}</bdi>
      </h1>
      <Good text={c.req.query("done") === "saved" ? words.saved : null} />
      <Problem text={told.error} />
      <Card>
        <dl class="facts">
          <dt>{words.login}</dt>
          <dd>
            <bdi>{who.login}</bdi>
          </dd>
          <dt>{words.role}</dt>
          <dd dir="auto">{grant(who, lang)}</dd>
          <dt>{words.keysLabel}</dt>
          <dd>{KeysLine({ c, count: who.passkeys })}</dd>
          <dt>{words.lastSeen}</dt>
          <dd>{who.signedInAt === null ? words.never : moment(c, who.signedInAt)}</dd>
          <dt>{words.state}</dt>
          <dd>{Standing({ c, member: who })}</dd>
        </dl>
      </Card>
      {waiting && (
        <LinkList
          items={[
            {
              href: paths.staffRequest(waiting.id),
              icon: "key",
              title: words.kinds[waiting.kind],
              line: words.states.open,
            },
          ]}
        />
      )}
      {decides && who.disabledAt === null && (await Changes({ c, who, typed: told.typed }))}
      {decides && who.disabledAt !== null && (
        <Card class="stack">
          <h2>{words.enableTitle}</h2>
          <p>{words.enableLead}</p>
          <PostForm action={paths.staffEnabling(who.id)} token={c.var.formToken}>
            <Button>{words.enable}</Button>
          </PostForm>
        </Card>
      )}
      <ButtonLink weight="quiet" href={paths.staffPeople}>
        {words.backToPeople}
      </ButtonLink>
    </div>,
  )
}

async function Changes({ c, who, typed }: { c: Context; who: Member; typed?: { role: string; area: string } }) {
  const { lang, formToken } = c.var
  const words = staffWords[lang]
  return (
    <>
      <Card class="stack">
        <h2>{words.rightsTitle}</h2>
        <p>{words.rightsLead}</p>
        <PostForm action={paths.staffRights(who.id)} token={formToken} class="stack">
          {await GrantFields({ c, value: typed ?? who })}
          <Button>{words.rightsSave}</Button>
        </PostForm>
      </Card>
      <Card class="stack">
        <h2>{words.resetTitle}</h2>
        <p>{words.resetLead}</p>
        <PostForm action={paths.staffReset(who.id)} token={formToken}>
          <Button>{words.reset}</Button>
        </PostForm>
      </Card>
      <Card class="stack">
        <h2>{words.disableTitle}</h2>
        <p>{words.disableLead}</p>
        <PostForm action={paths.staffDisabling(who.id)} token={formToken}>
          <Button weight="danger">{words.disable}</Button>
        </PostForm>
      </Card>
    </>
  )
}

const rightsFields = z.object({ role: z.string().max(40), area: z.string().max(200) })

/** Less is done at once, after a passkey of a moment ago; more is asked for. */
export async function changeRights(c: Context): Promise<Response> {
  const { house, lang, session } = c.var
  const words = staffWords[lang]
  const who = await member(c)
  const typed = await readForm(c, rightsFields)
  const grant = readGrant(typed.role, typed.area)
  const wrong = (error: string, status: number) => onePage(c, who, { typed, error, status })
  if (!grant) return wrong(words.areaWrong, 422)
  try {
    const isLess = await house.writer.write((tx) => isTaking(tx, who.id, grant), { scopes: ["accounts"] })
    if (!isLess) return await beginAsking(c, { kind: "grant", staff: who.id, grant })
    const { role } = staffHere(c)
    if (!isFresh(session, role, house.clock.real())) {
      return c.redirect(`${paths.stepUp}?next=${encodeURIComponent(paths.staffMember(who.id))}`, 303)
    }
    return await lessRights(c, who, grant)
  } catch (thrown) {
    if (!isRefusal(thrown) || !["invalid_field", "wrong_state", "request_open"].includes(thrown.code)) throw thrown
    const said = thrown.code === "invalid_field" ? words.areaWrong : refusalWords(thrown.code, lang).title
    return wrong(said, thrown.status)
  }
}

async function lessRights(c: Context, who: Member, grant: Grant): Promise<Response> {
  const { house } = c.var
  const by = staffHere(c)
  const now = house.clock.real()
  const ended = await house.writer.write(
    async (tx) => {
      const ended = await takeAway(tx, by, who.id, grant, now)
      await leaveCounter(tx, who.id, by.id)
      await tellRights(tx, { kind: "staff", id: who.id }, who.id)
      return ended
    },
    { scopes: ["accounts", ...(await officesOf(c, who))] },
  )
  await hangUpAll(c, who.id, ended)
  return c.redirect(`${paths.staffMember(who.id)}?done=saved`, 303)
}

/** At once: nobody waits for a second one where somebody must be kept out. */
export async function disable(c: Context): Promise<Response> {
  const { house } = c.var
  const by = staffHere(c)
  const who = await member(c)
  const now = house.clock.real()
  const ended = await house.writer.write(
    async (tx) => {
      // The counter first: whoever is shut out is nobody any more. Should they not be theirs to shut out, nothing of it stands.
      await leaveCounter(tx, who.id, by.id)
      return disableStaff(tx, by, who.id, now)
    },
    { scopes: ["accounts", ...(await officesOf(c, who))] },
  )
  await hangUpAll(c, who.id, ended)
  return c.redirect(`${paths.staffMember(who.id)}?done=saved`, 303)
}

/** The sockets of sessions that ended, and those that a key of the person holds. */
async function hangUpAll(c: Context, id: string, ended: readonly string[]): Promise<void> {
  hangUp(c, ended)
  const keys = await keysOf(c.var.house.store, "staff", id)
  hangUp(
    c,
    keys.map((key) => `key:${key}`),
  )
}

export async function askToEnable(c: Context): Promise<Response> {
  return beginAsking(c, { kind: "enable", staff: (await member(c)).id })
}

export async function askToReset(c: Context): Promise<Response> {
  return beginAsking(c, { kind: "reset", staff: (await member(c)).id })
}
