import type { VisitView } from "../../domain/visits/reads.ts"
import type { VisitAnswer, VisitWord } from "../../realtime/visit-words.ts"

/*
 * What is written in a visit: messages, which are kept with it, and text as it is typed, which everybody in the call sees letter by letter
 * (EN 301 549 §6.2) and nobody keeps.
 */

interface TalkOptions {
  say(word: VisitWord): boolean
  nameOf(participant: string): string
  /** Nothing is taken any more, whatever the connection. */
  isOver(): boolean
  signal: AbortSignal
}

/** Stands for "the last letter was taken back" in what is sent; nobody types it. */
const back = "\b"
const sendAfter = 300
const deltaMost = 480

export function openTalk(
  root: HTMLElement,
  words: Record<string, string>,
  { say, nameOf, isOver, signal }: TalkOptions,
) {
  const part = <T extends HTMLElement>(name: string) => root.querySelector<T>(`[data-call-part="${name}"]`)
  const [panel, list, unread] = [part<HTMLDetailsElement>("chat"), part("messages"), part("unread")]
  const typed = part<HTMLInputElement>("typed")
  const lines = new Map<string, HTMLElement>()
  const known = new Set<string>()
  let participants = new Map<string, string>()
  let before = ""
  let waiting = ""
  let timer = 0
  let count = 0

  part<HTMLFormElement>("write")?.addEventListener("submit", write, { signal })
  panel?.addEventListener("toggle", read, { signal })
  typed?.addEventListener("input", () => later(typed.value), { signal })
  typed?.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Enter" || event.isComposing) return
      event.preventDefault()
      waiting += "\n"
      before = typed.value = ""
      send()
    },
    { signal },
  )

  function write(event: SubmitEvent): void {
    event.preventDefault()
    const field = (event.target as HTMLFormElement).elements.namedItem("text") as HTMLInputElement | null
    const text = field?.value.trim() ?? ""
    if (!field || text === "") return
    const isSent = !isOver() && say({ do: "chat", text })
    // What could not be said stays where it was written.
    field.setCustomValidity(isSent ? "" : why())
    if (isSent) field.value = ""
    else field.reportValidity()
    field.addEventListener("input", () => field.setCustomValidity(""), { once: true })
  }

  function why(): string {
    return words[isOver() ? "notSentOver" : "notSent"] ?? ""
  }

  function add(id: string, who: string, text: string): boolean {
    if (known.has(id) || !list) return false
    known.add(id)
    const item = document.createElement("li")
    const [name, words] = [document.createElement("strong"), document.createElement("span")]
    name.textContent = who
    words.textContent = text
    words.dir = "auto"
    item.append(name, words)
    list.append(item)
    item.scrollIntoView({ block: "nearest" })
    return true
  }

  function read(): void {
    if (panel?.open) count = 0
    if (unread && unread.dataset["kept"] === undefined) unread.textContent = count > 0 ? String(count) : ""
  }

  /** Only the difference goes over: so many letters back, and what is new. */
  function later(now: string): void {
    let same = 0
    while (same < before.length && same < now.length && before[same] === now[same]) same += 1
    waiting += back.repeat(before.length - same) + now.slice(same)
    before = now
    timer ||= window.setTimeout(send, sendAfter)
  }

  function send(): void {
    clearTimeout(timer)
    timer = 0
    const delta = waiting.slice(0, deltaMost)
    if (delta === "" || !say({ do: "rtt", delta })) return
    waiting = waiting.slice(deltaMost)
    put("", delta, words["self"] ?? "")
    if (waiting !== "") timer = window.setTimeout(send, sendAfter)
  }

  /** `who` is empty for oneself: sent and received are told apart by name and place. */
  function put(who: string, delta: string, name: string): void {
    const place = part("lines")
    let line = lines.get(who)
    for (const letter of delta) {
      if (letter === "\n") {
        lines.delete(who)
        line = undefined
        continue
      }
      if (!line) {
        line = document.createElement("p")
        line.dataset["from"] = who === "" ? "self" : "other"
        const [label, text] = [document.createElement("strong"), document.createElement("span")]
        label.textContent = name
        text.dir = "auto"
        line.append(label, text)
        place?.append(line)
        lines.set(who, line)
      }
      const text = line.lastElementChild
      if (text) text.textContent = letter === back ? (text.textContent ?? "").slice(0, -1) : text.textContent + letter
    }
    if (place) place.scrollTop = place.scrollHeight
  }

  return {
    typed(from: string, delta: string): void {
      const box = part("typing")
      if (box) box.hidden = false
      put(from, delta, nameOf(from))
    },
    /** What was said, as it was understood: a line of its own, as if it had been typed. */
    said(text: string): void {
      waiting += `${text}\n`
      timer ||= window.setTimeout(send, 0)
    },
    toggleTyping(): boolean {
      const box = part("typing")
      if (!box) return false
      box.hidden = !box.hidden
      if (!box.hidden) typed?.focus()
      return !box.hidden
    },
    arrived({ id, from, text }: Extract<VisitAnswer, { do: "chat" }>): void {
      if (!add(id, nameOf(from), text)) return
      if (!panel?.open && nameOf(from) !== words["self"]) count += 1
      read()
    },
    /** All that has been written, as the own view of the visit has it. */
    messages({ messages, people }: VisitView): void {
      participants = new Map(people.map(({ kind, id, isSelf }) => [kind, isSelf ? (words["self"] ?? "") : nameOf(id)]))
      for (const { id, wroteAs, text } of messages) add(id, participants.get(wroteAs) ?? words[wroteAs] ?? "", text)
      // Up to here all of it stands there: what came by itself may have come in another order.
      if (list) list.dataset["last"] = messages.at(-1)?.id ?? ""
    },
    refused(): void {
      const element = part("status")
      if (element) element.textContent = why()
    },
    clear(): void {
      clearTimeout(timer)
      list?.replaceChildren()
      delete list?.dataset["last"]
      part("lines")?.replaceChildren()
      known.clear()
      lines.clear()
      count = 0
      read()
    },
  }
}
