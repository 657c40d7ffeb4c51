import type { Planted } from "../parts.ts"

export const capacityReadBefore: Planted = {
  name: "capacity-read-before",
  breaks: "the statement that takes a place holds the capacity",
  by: "no slot over its places",
  changes: [
    {
      file: "src/domain/availability/writes.ts",
      find: ".where(and(ofVisit, or(hasPlaces, wasOwn)))",
      replace: ".where(ofVisit)",
    },
  ],
}
