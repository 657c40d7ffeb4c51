import { factsAbout, headOfStream } from "../../db/heads.ts"
import { ticket } from "../domain/queue/tickets.ts"
import type { Topic } from "../realtime/topics.ts"
import type { House } from "./house.ts"

/** The number of the latest fact behind a topic; of a person's own topic, how many facts there are about that person. */
export async function headOf(
  { store }: Pick<House, "store">,
  topic: Topic,
): Promise<{ stream: string; seq: number; line?: string }> {
  if (topic.kind === "inbox") {
    return { stream: `person:${topic.person}`, seq: await factsAbout(store, topic.person) }
  }
  const of = topic.kind === "ticket" || topic.kind === "visit" ? await ticket(store, topic.id) : null
  const stream = of ? of.office : "office" in topic ? topic.office : topic.id.slice(0, topic.id.lastIndexOf("."))
  return { stream, seq: await headOfStream(store, stream), ...(of ? { line: of.line } : {}) }
}
