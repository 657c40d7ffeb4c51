import type { Planted } from "../parts.ts"

export const placeLostByADrop: Planted = {
  name: "place-lost-by-a-drop",
  breaks: "who comes back in time has the own place",
  by: "a visit keeps its place through any drop",
  changes: [
    {
      file: "src/domain/visits/arriving.ts",
      find: "await rejoin(tx, ticket, isKept)",
      replace: `await rejoin(tx, ticket, isKept && ticket.id === "")`,
    },
  ],
}
