import type { Planted } from "../parts.ts"

export const oldPlacesStay: Planted = {
  name: "old-places-stay",
  breaks: "times ahead have the places that their line has",
  by: "what was promised stays or is struck and told",
  changes: [
    {
      file: "src/domain/availability/writes.ts",
      find: "set: { publicPlaces, staffExtra, day },",
      replace: "set: { publicPlaces: 2, staffExtra, day },",
    },
  ],
}
