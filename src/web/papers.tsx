import { Refusal } from "../base/refusal.ts"
import { office as officeOf } from "../domain/offices/reads.ts"
import { mayLook } from "../domain/visits/check-reads.ts"
import {
  keepPaper,
  openPaper,
  type Paper,
  paperComes,
  paperLies,
  paperLimits,
  papersOf,
} from "../domain/visits/papers.ts"
import { visit } from "../domain/visits/visits.ts"
import { timeText } from "../i18n/dates.ts"
import { paperWords } from "../i18n/identity.ts"
import type { Lang } from "../i18n/lang.ts"
import { type Context, get, type PageRoute, post, type Takes } from "./house.ts"
import { paths } from "./paths.ts"
import type { Rendering } from "./rendering.ts"
import { asFile, attachment, takeIn, takeOut, visitFor } from "./sealed-files.ts"

/** A form with one file: what the browser puts around it takes a little room too. */
const oneFile: Takes = { types: ["multipart/form-data"], bytes: paperLimits.bytes + 64 * 1024 }

/** Papers, both ways: the person's own addresses, and those of the desk. */
export const paperRoutes: PageRoute[] = [
  post(paths.visitFiles(":id"), "visit.attend", give, oneFile),
  get(paths.visitFile(":id", ":file"), "visit.attend", download),
  post(paths.deskFiles(":id"), "visit.serve", give, oneFile),
  get(paths.deskFile(":id", ":file"), "visit.serve", download),
]

async function give(c: Context): Promise<Response> {
  const { house } = c.var
  const { row, by, scopes } = await visitFor(c)
  const { file } = await c.req.parseBody()
  if (!(file instanceof File)) throw new Refusal("invalid_field", { field: "file" })
  const bytes = new Uint8Array(await file.arrayBuffer())
  await takeIn(
    house,
    scopes,
    bytes,
    (tx) => paperComes(tx, house.keys, by, row.id, bytes),
    (tx, coming, known) => keepPaper(tx, house.keys, by, row.id, { ...coming, ...known, name: file.name }),
  )
  if (c.req.header("Accept")?.includes("application/json")) return c.body(null, 204)
  return c.redirect(by.role === "citizen" ? `${paths.visit(row.id)}#files` : `${paths.deskVisit(row.id)}#files`, 303)
}

async function download(c: Context): Promise<Response> {
  const { house } = c.var
  const { row, by, scopes } = await visitFor(c)
  const paper = await house.writer.write(
    (tx) => openPaper(tx, house.keys, by, row.id, c.req.param("file") ?? "", house.clock.real()),
    { scopes },
  )
  const bytes = await takeOut(house, paper.thread, paperLies(paper.thread, paper.id))
  return c.body(bytes, 200, {
    ...asFile,
    "Content-Type": paper.type,
    "Content-Disposition": attachment(paper.name),
  })
}

/** The papers of a visit, for the person and for the staff who serve them. Refuses `not_found` to everybody else. */
export async function papersFragment(house: Rendering, id: string, lang: Lang, reader: string): Promise<string> {
  const { store, keys } = house
  const { row } = await visit(store, id)
  const isPerson = row.person === reader
  if (!isPerson && !(await mayLook(store, id, reader))) throw new Refusal("not_found", { what: "view" })
  const { zone } = await officeOf(store, row.office)
  const papers = await papersOf(store, keys, row)
  const href = (paper: Paper) => (isPerson ? paths.visitFile(id, paper.id) : paths.deskFile(id, paper.id))
  return String(<Papers papers={papers} isPerson={isPerson} href={href} zone={zone} lang={lang} />)
}

interface PapersProps {
  papers: readonly Paper[]
  isPerson: boolean
  href(paper: Paper): string
  zone: string
  lang: Lang
}

function Papers({ papers, isPerson, href, zone, lang }: PapersProps) {
  const words = paperWords[lang]
  if (papers.length === 0) return <p class="quiet">{words.none}</p>
  const from = ({ senderKind }: Paper) =>
    senderKind === "staff" ? (isPerson ? words.office : words.you) : isPerson ? words.you : words.person
  return (
    <ul class="papers">
      {papers.map((paper) => (
        <li>
          <a href={href(paper)} download={paper.name} aria-label={words.download(paper.name)}>
            <bdi>{paper.name}</bdi>
          </a>
          <span class="quiet small">
            {from(paper)} · {timeText(paper.at, zone, lang)} ·{" "}
            {words.kilobytes(Math.max(1, Math.round(paper.bytes / 1024)))}
          </span>
        </li>
      ))}
    </ul>
  )
}
