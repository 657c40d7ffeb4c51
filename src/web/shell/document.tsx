import { html } from "hono/html"
import type { Child } from "hono/jsx"
import { type Frame, Page } from "./page.tsx"

/*
 * A document as it is sent. But for a few places it is the same from one answer to the next, so it is made once with holes in those places,
 * and put together as bytes: as one text of two bytes a letter it would be copied three times on its way out.
 */

/** Markup in UTF-8. */
export type Bytes = Uint8Array<ArrayBuffer>

/** What of a document is this answer's or this reader's own. */
interface Own {
  title: string
  nonce: string
  formToken: string
  otherLangHref: string
  ribbon: string | null
  headLinks: Child
  bell: Child
  headBeside: Child
  foot: Child
  left: number | undefined
  now: number | undefined
  children: Child
}
type Name = keyof Own | "reference"

/** A document in pieces: what is always the same, and the names of what belongs in between. */
export type Form = (Bytes | Name)[]

const forms = new Map<string, Form>()
/** Far more than there are forms of pages. */
const formsMost = 500
/** Stands in no text of ours (Unicode 16 §23.5, private use). */
const brim = "\u{f8d0}"

/** The document around `body`. It is made once for each form of page that there is. */
export async function pageBytes(frame: Frame, body: Child): Promise<Bytes> {
  const own = ownOf(frame, body)
  const filled = (Object.keys(own) as (keyof Own)[]).filter((name) => isThere(own[name]))
  const { title, nonce, formToken, otherLangHref, ribbon, headLinks, bell, headBeside, foot, now, expiry, ...same } =
    frame
  const key = JSON.stringify([same, { ...expiry, left: 0 }, filled])
  let form = forms.get(key)
  if (!form) {
    form = await formWith(filled, frame, body)
    if (forms.size >= formsMost) forms.clear()
    forms.set(key, form)
  }
  const parts = filled.map(async (name) => [name, String(await html`${own[name]}`)] as const)
  return fill(form, Object.fromEntries(await Promise.all(parts)))
}

/** What differs from one answer to the next, whoever gets it. */
const ofAnswers = ["nonce", "otherLangHref", "ribbon", "now"] as const satisfies Name[]

/** Stands in a body for anybody where the number of the answer belongs; the number is filled in with the rest that does not change. */
export const referenceHole = `${brim}reference${brim}`

/** The document for whoever is nobody yet, in which only the answer's own is left out. */
export async function formForAnybody(frame: Frame, body: Child): Promise<Form> {
  const own = ownOf(frame, body)
  const holes = [...ofAnswers.filter((name) => isThere(own[name])), "children" as const]
  const [form, inside] = [await formWith(holes, frame, body), String(await html`${body}`)]
  return form.flatMap((piece): Form => (piece === "children" ? cut(inside, ["reference"]) : [piece]))
}

/** The document of this form, each hole filled with what is this answer's own. */
function fill(form: Form, own: { [name in Name]?: string }): Bytes {
  let size = 0
  for (const piece of form) size += typeof piece === "string" ? Buffer.byteLength(own[piece] ?? "") : piece.length
  const whole = Buffer.allocUnsafe(size)
  let at = 0
  for (const piece of form) {
    if (typeof piece === "string") at += whole.write(own[piece] ?? "", at)
    else {
      whole.set(piece, at)
      at += piece.length
    }
  }
  return whole
}

/** What differs from one answer to the next, also where the same is asked in the same minute. */
type Stamp = { nonce: string; now: number }
/** As many digits as a clock has from 2001 to 2286, so that every answer is of one length. */
const digitsOf = (now: number) => String(Math.floor(now)).padStart(13, "0")

/**
 * As `fill`, of a form for anybody: what is its own is text. All but the stamp is filled once; what is given back makes an answer of it, for
 * nonces of this length.
 */
export function fillForAnybody(
  form: Form,
  own: { otherLangHref: string; ribbon: string | null; reference: string },
  nonceLength: number,
): (stamp: Stamp) => Bytes {
  const blank: Stamp = { nonce: "-".repeat(nonceLength), now: 0 }
  const texts = {
    otherLangHref: Bun.escapeHTML(own.otherLangHref),
    ribbon: Bun.escapeHTML(own.ribbon ?? ""),
    reference: Bun.escapeHTML(own.reference),
    nonce: blank.nonce,
    now: digitsOf(blank.now),
  }
  const places: [name: keyof Stamp, at: number][] = []
  let at = 0
  for (const piece of form) {
    if (piece === "nonce" || piece === "now") places.push([piece, at])
    at += typeof piece === "string" ? Buffer.byteLength(texts[piece as keyof typeof texts]) : piece.length
  }
  const whole = fill(form, texts)
  return ({ nonce, now }) => {
    if (nonce.length !== nonceLength)
      throw new RangeError(`a nonce of ${nonce.length} letters where ${nonceLength} fit`)
    const copy = Buffer.from(whole)
    const digits = digitsOf(now)
    for (const [name, place] of places) copy.write(name === "nonce" ? nonce : digits, place, "latin1")
    return copy
  }
}

function ownOf(frame: Frame, children: Child): Own {
  const { nonce, formToken, otherLangHref, ribbon, headLinks, bell, headBeside, foot, now, expiry } = frame
  return {
    title: frame.title === frame.name ? frame.name : `${frame.title} · ${frame.name}`,
    ...{ nonce, formToken, otherLangHref, ribbon, headLinks, bell, headBeside, foot, now },
    ...{ left: expiry?.left, children },
  }
}

const isThere = (value: unknown) => value !== undefined && value !== null && value !== false && value !== ""

/** The document with a hole in each of these places; all others are filled. */
async function formWith(holes: readonly Name[], frame: Frame, body: Child): Promise<Form> {
  const own = { ...ownOf(frame, body), ...Object.fromEntries(holes.map((name) => [name, `${brim}${name}${brim}`])) }
  const { left, children, ...others } = own
  const expiry = frame.expiry && { ...frame.expiry, left: left as number }
  const document = await html`${(
    <Page {...frame} {...others} expiry={expiry}>
      {children as Child}
    </Page>
  )}`
  return cut(String(document), holes)
}

/** Text, a hole, text, a hole …, text. What stands between brims and is none of these holes is somebody's own text. */
function cut(text: string, holes: readonly Name[]): Form {
  const parts = text.split(new RegExp(`${brim}(${holes.join("|")})${brim}`, "u"))
  return parts.map((part, place) => (place % 2 === 0 ? Buffer.from(part) : (part as Name)))
}
