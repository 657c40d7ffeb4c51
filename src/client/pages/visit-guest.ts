import { mountCall } from "../visit/call.ts"
import { answerInPlace } from "../visit/consent.ts"

/* The page of who was asked into a visit: it waits until the agent lets it in, and is in the call from then on. */

const room = document.querySelector<HTMLElement>("[data-call][data-visit]")
if (room) mountCall(room, { visit: room.dataset["visit"] ?? "" })
answerInPlace()
