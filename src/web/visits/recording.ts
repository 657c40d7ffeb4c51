import { z } from "zod"
import { isRefusal, Refusal } from "../../base/refusal.ts"
import type { Staff } from "../../domain/access/subject.ts"
import { service as serviceOf } from "../../domain/catalogue/reads.ts"
import { hashOf, hashOfText } from "../../domain/visits/recording/chain.ts"
import { type Answer, answerConsent } from "../../domain/visits/recording/consents.ts"
import { classOf, recordingClasses } from "../../domain/visits/recording/retention.ts"
import {
  acceptChunk,
  type ChunkGiven,
  closeSegment,
  expectChunk,
  openSegment,
  segmentOf,
  stateOfSegment,
} from "../../domain/visits/recording/segments.ts"
import { recordingLimits, recordingTimes } from "../../domain/visits/recording/times.ts"
import { visit } from "../../domain/visits/visits.ts"
import type { Lang } from "../../i18n/lang.ts"
import { counted } from "../../i18n/plural.ts"
import { recordingTexts, recordingVersion } from "../../i18n/recording.ts"
import { readForm } from "../form.ts"
import { type Context, get, type House, type PageRoute, post } from "../house.ts"
import { paths } from "../paths.ts"
import { dropChunk, putChunk } from "../recording-files.ts"

/** What people answer to being recorded, and what the agent's page sends of it. */
export const recordingRoutes: PageRoute[] = [
  post(paths.visitConsent(":id"), "visit.listen", answerNow),
  post(paths.visitRecording(":id"), "visit.serve", open),
  get(paths.visitSegment(":id", ":segment"), "visit.serve", state),
  post(paths.visitSegmentEnd(":id", ":segment"), "visit.serve", close),
  post(paths.visitChunk(":id", ":segment", ":seq"), "visit.serve", receive, {
    types: ["application/octet-stream"],
    bytes: recordingLimits.chunkBytes,
  }),
]

/** What is shown before somebody is recorded, sentence by sentence; its hash is kept with the answer. */
export async function shownText({ store, env }: Pick<House, "store" | "env">, service: string, lang: Lang) {
  const days = recordingClasses[classOf(await serviceOf(store, service))]
  const { what, why, who, keep, notice, consent, back } = recordingTexts[lang]
  const kept = keep(counted("daysAfter", days, lang))
  return env.recording === "notice" ? [what, why, who, kept, notice] : [what, why, who, kept, consent, back]
}

/** Of the text as somebody is shown it: their page sends it back with the answer. */
export const hashOfShown = (text: readonly string[]) => hashOfText(text.join("\n"))

const answers = ["noticed", "given", "refused", "withdrawn"] as const satisfies Answer[]
const answerForm = z.object({
  answer: z.enum(answers),
  back: z.string().max(200).optional(),
  lang: z.enum(["ar", "en"]),
  text: z.string().regex(/^[0-9a-f]{64}$/),
})

/**
 * A form, for who has no script; the page's own script stays where it is. What is kept is what was shown: nobody agrees to a text that they
 * have not read, and a no is a no to whatever stood there.
 */
async function answerNow(c: Context): Promise<Response> {
  const { house, subject } = c.var
  const { recording: basis } = house.env
  const id = c.req.param("id") ?? ""
  const { answer, back, lang, text: textHash } = await readForm(c, answerForm)
  if (!subject || basis === "off") throw new Refusal("not_found", { what: "visit" })
  const { row, ticket } = await visit(house.store, id)
  const isYes = answer === "given" || answer === "noticed"
  if (isYes && textHash !== hashOfShown(await shownText(house, ticket.service, lang))) throw new Refusal("text_changed")
  const shown = { basis, version: recordingVersion, lang, textHash }
  await house.writer.write((tx) => answerConsent(tx, subject, id, answer, shown), { scopes: [`office:${row.office}`] })
  // Who was asked in came by a link of their own, and goes back to it.
  const isOwn = back?.startsWith(`/in/${id}/`) && !back.includes("//")
  return c.redirect(isOwn && back ? back : paths.visit(id), 303)
}

/** A page says how long ago something was: its own clock is nobody else's. */
const age = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number)
  .refine((milliseconds) => milliseconds <= recordingTimes.late)

const opening = z.object({
  segment: z.string().regex(/^[0-9a-f]{32}$/),
  of: z.string().max(60),
  what: z.enum(["camera", "screen"]),
  mime: z.string().regex(/^(audio|video)\/[\w.-]{1,40}(;[ \w=",.-]{0,80})?$/),
  age,
})

async function open(c: Context): Promise<Response> {
  const { house } = c.var
  const { agent, id, scopes } = await asked(c)
  const { age: ageMilliseconds, ...given } = await readForm(c, opening)
  const opened = await house.writer.write(
    (tx) => openSegment(tx, house.keys, agent, id, { ...given, ageMilliseconds }),
    { scopes },
  )
  return c.json(opened)
}

async function state(c: Context): Promise<Response> {
  const { agent, id } = await asked(c)
  return c.json(stateOfSegment(await segmentOf(c.var.house.store, agent, id, c.req.param("segment") ?? "")))
}

const closing = z.object({
  seq: z
    .string()
    .regex(/^\d{1,6}$/)
    .transform(Number),
  why: z.enum(["stopped", "page", "track", "over", "refused"]),
})

async function close(c: Context): Promise<Response> {
  const { agent, id, scopes } = await asked(c)
  const given = await readForm(c, closing)
  const segment = c.req.param("segment") ?? ""
  return c.json(await c.var.house.writer.write((tx) => closeSegment(tx, agent, id, segment, given), { scopes }))
}

/** A chunk: checked, put on the disk, and only then chained. What is not chained then does not stay there. */
async function receive(c: Context): Promise<Response> {
  const { house } = c.var
  const { agent, id, scopes } = await asked(c)
  const segment = c.req.param("segment") ?? ""
  const bytes = new Uint8Array(await c.req.arrayBuffer())
  const given = chunkOf(c, bytes)
  const { row, isKnown } = await expectChunk(house.store, agent, id, segment, given, house.clock.office())
  if (isKnown) return c.json({ ...stateOfSegment(row), isKnown })
  await putChunk(house, row, given, bytes)
  try {
    return c.json(await house.writer.write((tx) => acceptChunk(tx, agent, id, segment, given), { scopes }))
  } catch (thrown) {
    if (isRefusal(thrown)) await dropChunk(house, row, given)
    throw thrown
  }
}

/** Refuses `malformed` where the bytes are not those of which the page speaks: they were bent on the way. */
function chunkOf(c: Context, bytes: Uint8Array): ChunkGiven {
  const header = z.object({
    seq: z.string().regex(/^[1-9]\d{0,5}$/),
    prev: z.string().regex(/^[0-9a-f]{64}$/),
    hash: z.string().regex(/^[0-9a-f]{64}$/),
    age,
  })
  const read = header.safeParse({
    ...{ seq: c.req.param("seq"), prev: c.req.header("X-Prev"), hash: c.req.header("X-Sha256") },
    age: c.req.header("X-Age"),
  })
  if (!read.success || bytes.length === 0 || hashOf(bytes) !== read.data.hash) throw new Refusal("malformed")
  const { seq, prev, hash, age: ageMilliseconds } = read.data
  return { seq: Number(seq), prev, hash, length: bytes.length, ageMilliseconds }
}

/** Behind a gate that lets in staff alone. Where nothing is recorded there is nothing to send to. */
async function asked(c: Context): Promise<{ agent: Staff; id: string; scopes: [`office:${string}`] }> {
  const { house, subject } = c.var
  const id = c.req.param("id") ?? ""
  if (house.env.recording === "off") throw new Refusal("not_found", { what: "recording" })
  const { row } = await visit(house.store, id)
  return { agent: subject as Staff, id, scopes: [`office:${row.office}`] }
}
