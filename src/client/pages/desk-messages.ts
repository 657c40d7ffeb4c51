import { listen } from "../live.ts"
import { saysRead } from "../visit/read.ts"

/* What is written with somebody who waits. What comes while the page is looked at is read; in a hidden one it waits until it is seen. */

const said = document.querySelector<HTMLElement>("[data-messages-of]")

listen()
document.addEventListener("dawr:change", read)
document.addEventListener("visibilitychange", read)
read()

function read(): void {
  const visit = said?.dataset["messagesOf"]
  const last = said?.querySelector<HTMLElement>("[data-unread]")?.dataset["last"]
  if (visit !== undefined && last !== undefined && !document.hidden) void saysRead(visit, last)
}
