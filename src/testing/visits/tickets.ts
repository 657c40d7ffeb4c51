import type { Scene } from "../scene.ts"
import { stranger, type Visit } from "./visit.ts"

/** A ticket in each of them. */
const looks = [
  "waiting",
  "soon",
  "early",
  "away",
  "called",
  "absent",
  "serving",
  "parked",
  "served",
  "referred",
  "notPossible",
  "left",
] as const

/** Who holds the link of a ticket, signed in or not. */
export const forHolders: Visit[] = [
  ...looks.map((look) => stranger("/t/:id/:capability", look, ({ link, tickets }) => link(tickets[look]))),
  stranger("/t/:id/:capability", "without a connection", ({ link, tickets }) => link(tickets.waiting), {
    isOffline: true,
  }),
  stranger("/t/:id/:capability", "asked whether to leave", ({ link, tickets }) => `${link(tickets.waiting)}#leave`),
]

const code = (of: keyof Scene["documents"]) => (scene: Scene) => `/verify/${scene.documents[of]}`

/** What the house has issued, to whoever is shown it. */
export const toCheck: Visit[] = [
  stranger("/verify", "untouched", () => "/verify"),
  stranger("/verify/:code", "that holds", code("valid")),
  stranger("/verify/:code", "with the signature unfolded", code("valid"), {
    first: (page) => page.locator("details").evaluateAll((all) => all.map((one) => one.toggleAttribute("open", true))),
  }),
  stranger("/verify/:code", "that is over", code("expired")),
  stranger("/verify/:code", "that was cancelled", code("cancelled")),
  stranger("/verify/:code", "of nothing", () => "/verify/nothing", { status: 404 }),
]
