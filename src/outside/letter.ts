/** One message on its way out of the house, in words. */
export interface Letter {
  /** The delivery's id: the same at every try, so that whoever takes it can tell that they have seen it. */
  id: string
  /** An e-mail address, or a number as +9665XXXXXXXX. */
  to: string
  lang: "ar" | "en"
  /** Only by mail. */
  subject: string
  /** Paragraphs. */
  text: string[]
}

/** Hands a letter over. Resolves when it was taken; throws `NotTaken` where it was not, or where nobody can say. */
export type Carrier = (letter: Letter, stop: AbortSignal) => Promise<void>

/** Why a letter was not taken: a word or two for whoever looks into it, never an address or what stood in it. */
export class NotTaken extends Error {}
