import { z } from "zod"
import { authorize, may } from "../../domain/access/authorize.ts"
import { type DeviceRow, device, renameDevice, revokeDevice, sessionOfDevice } from "../../domain/access/devices.ts"
import { keysOf } from "../../domain/access/integrators.ts"
import { staffNames } from "../../domain/access/names.ts"
import { type Office, office as officeOf } from "../../domain/offices/reads.ts"
import { momentText } from "../../i18n/dates.ts"
import { deviceWords } from "../../i18n/devices.ts"
import { inLang } from "../../i18n/lang.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Card } from "../shell/cards.tsx"
import { Button, ButtonLink, Field, PostForm } from "../shell/controls.tsx"
import { deviceHead, leadOf } from "./head.tsx"
import { onlineIn, onTheWall, StandingMark, standingOf } from "./state.tsx"

export const nameLengthMax = 60
const accounts = { scopes: ["accounts" as const] }

/** The device of this page and its office, which lies within what the person runs. Refuses `not_found`, also for one of elsewhere. */
async function managed(c: Context, action: "device.read" | "device.manage") {
  const row = await device(c.var.house.store, c.req.param("id") ?? "")
  const here = await officeOf(c.var.house.store, row.office)
  authorize(leadOf(c), action, here)
  return { row, here }
}

export async function devicePage(c: Context): Promise<Response> {
  const { row, here } = await managed(c, "device.read")
  return onePage(c, row, here, {})
}

async function onePage(
  c: Context,
  row: DeviceRow,
  here: Office,
  told: { typed?: string; error?: string; status?: number },
): Promise<Response> {
  const { house, lang, formToken } = c.var
  const words = deviceWords[lang]
  const now = house.clock.real()
  const standing = standingOf(row, onlineIn(c, row.office), now)
  const moment = (at: number) => momentText(onTheWall(c, at), here.zone, lang)
  const mayChange = may(leadOf(c), "device.manage", here) && row.revokedAt === null
  return show(
    c,
    { title: row.name, status: told.status, ...deviceHead(c) },
    <div class="column">
      <h1>
        <bdi>{row.name}</bdi>
      </h1>
      <Card>
        <dl class="facts">
          <dt>{words.kind}</dt>
          <dd>{words.kinds[row.kind]}</dd>
          <dt>{words.office}</dt>
          <dd>{inLang(here.name, lang)}</dd>
          <dt>{words.state}</dt>
          <dd>
            <StandingMark standing={standing} lang={lang} />
          </dd>
          <dt>{words.seen}</dt>
          <dd>{row.seenAt === null ? words.never : moment(row.seenAt)}</dd>
          <dt>{words.may}</dt>
          <dd>
            {row.capabilities.map((one) => (
              <p>{words.capabilities[one]}</p>
            ))}
          </dd>
          <dt>{words.pairedAt}</dt>
          <dd>{moment(row.createdAt)}</dd>
          <dt>{words.pairedBy}</dt>
          <dd>
            <bdi>{await pairedBy(c, row)}</bdi>
          </dd>
          <dt>{words.until}</dt>
          <dd>{moment(row.until)}</dd>
        </dl>
      </Card>
      {mayChange && (
        <>
          <PostForm action={paths.deviceName(row.id)} token={formToken} class="stack">
            <Field
              {...{ name: "name", label: words.name, hint: words.nameHint, error: told.error }}
              {...{ value: told.typed ?? row.name, required: true, maxlength: nameLengthMax, autocomplete: "off" }}
            />
            <Button>{words.rename}</Button>
          </PostForm>
          <Card class="stack">
            <h2>{words.revokeTitle}</h2>
            <p>{words.revokeHelp}</p>
            <PostForm action={paths.deviceRevocation(row.id)} token={formToken}>
              <Button weight="danger">{words.revoke}</Button>
            </PostForm>
            <p class="quiet small">{words.lostHelp}</p>
          </Card>
        </>
      )}
      <ButtonLink weight="quiet" href={paths.devices}>
        {words.back}
      </ButtonLink>
    </div>,
  )
}

async function pairedBy(c: Context, row: DeviceRow): Promise<string> {
  const { house, lang } = c.var
  const words = deviceWords[lang]
  if (row.pairedBy === "operator") return words.byOperator
  const name = (await staffNames(house.store, [row.pairedBy])).get(row.pairedBy)
  return name ? inLang(name, lang) : words.bySetup
}

/** A name that colleagues know it by; what stands around it does not count. */
export const nameField = z.string().trim().min(1).max(nameLengthMax)

export async function rename(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const { row, here } = await managed(c, "device.manage")
  const { name } = await readForm(c, z.object({ name: z.string().max(500) }))
  const read = nameField.safeParse(name)
  if (!read.success) {
    return onePage(c, row, here, { typed: name, error: deviceWords[lang].nameMissing, status: 422 })
  }
  await house.writer.write((tx) => renameDevice(tx, row.id, read.data, leadOf(c).id), accounts)
  return c.redirect(`${paths.devices}?done=renamedNow`, 303)
}

/** Ends it at once: its wires are closed in the same moment, and its screen finds out by that. */
export async function revoke(c: Context): Promise<Response> {
  const { house } = c.var
  const { row } = await managed(c, "device.manage")
  const now = house.clock.real()
  await house.writer.write((tx) => revokeDevice(tx, row.id, leadOf(c).id, now), accounts)
  house.hub.endSession(sessionOfDevice(row.id))
  for (const id of await keysOf(house.store, "device", row.id)) house.hub.endSession(`key:${id}`)
  return c.redirect(`${paths.devices}?done=revokedNow`, 303)
}
