import type { Planted } from "../parts.ts"

export const gapInTheSequence: Planted = {
  name: "gap-in-the-sequence",
  breaks: "facts are numbered without a gap",
  by: "the record is whole",
  changes: [
    {
      file: "db/facts.ts",
      find: "for (const [stream, head] of this.#before.splice(to).reverse()) this.#heads.set(stream, head)",
      replace: "this.#before.splice(to)",
    },
  ],
}
