import { freshly } from "../fresh.ts"
import { get, type PageRoute, post } from "../house.ts"
import { paths } from "../paths.ts"
import { listPage, officesPage } from "./list.tsx"
import { askPage, openNow } from "./opening.tsx"
import { play } from "./playback.ts"
import { reviewPage } from "./review.tsx"

/** For who may look at recordings: supervisors of their offices, and auditors. */
export const reviewRoutes: PageRoute[] = [
  get(paths.recordings, "recording.review", officesPage),
  get(paths.recordingsOf(":office"), "recording.review", listPage),
  get(paths.recordingReviews(":visit"), "recording.review", (c) => askPage(c)),
  post(
    paths.recordingReviews(":visit"),
    "recording.review",
    freshly(openNow, (c) => paths.recordingReviews(c.req.param("visit") ?? "")),
  ),
  get(paths.recordingReview(":id"), "recording.review", reviewPage),
  get(paths.recordingPlay(":id", ":segment"), "recording.review", play),
]
