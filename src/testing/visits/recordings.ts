import { type Place, type Visit, visit } from "./visit.ts"

const reviewer = (place: Place) => visit({ supervisor: "VIR-01" }, place)

/** What was recorded of visits by video. */
export const toReview: Visit[] = (["desk", "phone"] as const).flatMap((place) => [
  reviewer(place)("/recordings/in/:office", `of an office, on a ${place}`, () => "/recordings/in/VIR-01"),
  reviewer(place)(
    "/recordings/of/:visit",
    `before it is opened, on a ${place}`,
    ({ videos }) => `/recordings/of/${videos.over.id}`,
  ),
  reviewer(place)(
    "/recordings/reviews/:id",
    `that is whole, on a ${place}`,
    ({ recorded }) => `/recordings/reviews/${recorded.whole}`,
  ),
  reviewer(place)(
    "/recordings/reviews/:id",
    `that is no evidence, on a ${place}`,
    ({ recorded }) => `/recordings/reviews/${recorded.broken}`,
  ),
])
