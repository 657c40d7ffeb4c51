import { may } from "../../domain/access/authorize.ts"
import { type DeviceRow, devicesIn } from "../../domain/access/devices.ts"
import type { Office } from "../../domain/offices/reads.ts"
import { momentText } from "../../i18n/dates.ts"
import { deviceWords } from "../../i18n/devices.ts"
import { inLang } from "../../i18n/lang.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Empty, LinkList, Notice } from "../shell/cards.tsx"
import { ButtonLink } from "../shell/controls.tsx"
import { deviceHead, leadOf, ownOffices } from "./head.tsx"
import { onlineIn, onTheWall, StandingMark, standingOf } from "./state.tsx"

const day = 24 * 3_600_000
/** Those that are no longer paired are shown for so long: somebody may look for what has become of a screen. */
const formerShown = 30 * day
/** From here on a device that must be paired again is said aloud. */
const soon = 14 * day

const done = ["pairedNow", "renamedNow", "revokedNow"] as const

/** The kiosks and boards of the offices that somebody runs. */
export async function listPage(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const words = deviceWords[lang]
  const offices = await ownOffices(c, "device.read")
  const now = house.clock.real()
  const codes = offices.map(({ code }) => code)
  const all = await devicesIn(house.store, codes, now - formerShown)
  const [live, former] = [all.filter((row) => isLive(row, now)), all.filter((row) => !isLive(row, now))]
  const withAny = offices.filter(({ code }) => live.some(({ office }) => office === code))
  const said = done.find((one) => one === c.req.query("done"))
  const origin = new URL(house.env.origin).host
  return show(
    c,
    { title: words.title, ...deviceHead(c) },
    <div class="column column-wide">
      <div class="row row-apart">
        <div>
          <h1>{words.title}</h1>
          <p class="quiet">{words.lead}</p>
        </div>
        {may(leadOf(c), "device.pair") && (
          <ButtonLink weight="main" icon="qr" href={paths.devicePairing}>
            {words.pairAction}
          </ButtonLink>
        )}
      </div>
      {said && (
        <Notice tone="good" icon="check">
          <p class="strong" role="status">
            {words[said]}
          </p>
        </Notice>
      )}
      {live.length === 0 && (
        <Empty title={words.none}>
          <p>{words.noneHelp(origin + paths.anyKiosk, origin + paths.anyBoard)}</p>
        </Empty>
      )}
      {withAny.map((office) => (
        <section class="stack">
          {offices.length > 1 && <h2>{inLang(office.name, lang)}</h2>}
          <Devices c={c} office={office} rows={live.filter((row) => row.office === office.code)} />
        </section>
      ))}
      {former.length > 0 && (
        <section class="stack">
          <h2>{words.formerTitle}</h2>
          {offices.map((office) => {
            const rows = former.filter((row) => row.office === office.code)
            return rows.length > 0 && <Devices c={c} office={office} rows={rows} />
          })}
        </section>
      )}
      <Notice tone="info" icon="info">
        <p class="strong">{words.lostTitle}</p>
        <p>{words.lostHelp}</p>
      </Notice>
    </div>,
  )
}

const isLive = ({ revokedAt, until }: DeviceRow, now: number) => revokedAt === null && until > now

function Devices({ c, office, rows }: { c: Context; office: Office; rows: DeviceRow[] }) {
  const { lang, house } = c.var
  const words = deviceWords[lang]
  const online = onlineIn(c, office.code)
  const now = house.clock.real()
  return (
    <LinkList
      items={rows.map((row) => ({
        href: paths.device(row.id),
        icon: row.kind === "kiosk" ? ("ticket" as const) : ("sound" as const),
        title: <bdi>{row.name}</bdi>,
        line: (
          <>
            {words.kinds[row.kind]} · <StandingMark standing={standingOf(row, online, now)} lang={lang} />
            {row.seenAt !== null && (
              <>
                {" · "}
                {words.seen} {momentText(onTheWall(c, row.seenAt), office.zone, lang)}
              </>
            )}
            {isLive(row, now) && row.until - now < soon && <> · {words.endsSoon}</>}
          </>
        ),
      }))}
    />
  )
}
