import type { Invariant } from "../parts.ts"

/** No two tickets of an office's service day have one number. */
export const numbers: Invariant = {
  name: "a number is given once a day",
  watch: (_sim, broken) => {
    const given = new Map<string, string>()
    return {
      done({ facts }) {
        for (const fact of facts) {
          if (fact.kind !== "ticket.issued") continue
          const { ticket, day, number } = fact.body
          const name = `${fact.stream} ${day} ${number}`
          const other = given.get(name)
          if (other !== undefined) broken(`${name} is of ${other} and of ${ticket}`)
          given.set(name, ticket)
        }
      },
    }
  },
}
