import { listen } from "../live.ts"
import { officeNow } from "../time.ts"

/*
 * The desk by keyboard and without a blink: buttons send in the background and the live regions show what came of it; a refusal is told
 * in place. Keys go by their place on the keyboard, so that they are the same in every layout, and rest while somebody types.
 */

const form = document.querySelector<HTMLFormElement>("#desk-form")
const told = document.querySelector<HTMLElement>("[data-told]")
const asking = document.querySelector<HTMLDialogElement>("[data-asking]")
/** How a question is closed by one of its buttons. */
const asked = "asked"
const keysKept = "dawr.keys"

listen()
if (form) form.addEventListener("submit", send)
asking?.addEventListener("close", goBack)
document.addEventListener("keydown", press)
setInterval(count, 1_000)
document.addEventListener("dawr:change", look)
look()
offerKeys()

async function send(event: SubmitEvent): Promise<void> {
  const button = event.submitter as HTMLButtonElement | null
  if (!form || !button) return
  event.preventDefault()
  // The answer to a question closes it, and "no" is not always a word to the server.
  if (asking?.open && asking.contains(button)) {
    asking.close(asked)
    if (button.value === "") return
  }
  const body = new URLSearchParams()
  for (const [name, value] of new FormData(form, button)) if (typeof value === "string") body.append(name, value)
  const verb = button.value.split(" ")[0] ?? ""
  button.setAttribute("aria-busy", "true")
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body,
      headers: { Accept: "application/json", "X-Form-Token": formToken() },
    })
    if (answer.status === 401) location.reload()
    const said = answer.status === 204 ? null : ((await answer.json()) as Said)
    if (["open", "close", "close-anyway"].includes(verb) && answer.ok) location.assign("/desk")
    else if (said?.reload) sendWhole(form, button)
    else if (said?.asks && asking) ask(asking, said.asks)
    else tell(said)
    if (answer.ok)
      for (const fold of document.querySelectorAll<HTMLDetailsElement>(".hand details[open]")) fold.open = false
  } catch {
    // The connection is gone: the page says so by itself, and the press can be repeated.
  } finally {
    button.removeAttribute("aria-busy")
  }
}

/** The page that asks back comes as a whole. A form that is sent by a script leaves the pressed button out, so it is put in. */
function sendWhole(whole: HTMLFormElement, { name, value }: HTMLButtonElement): void {
  const verb = document.createElement("input")
  Object.assign(verb, { type: "hidden", name, value })
  whole.append(verb)
  whole.submit()
}

interface Said {
  title?: string
  help?: string
  good?: string
  reload?: boolean
  asks?: Question
}

/** As src/web/agent/asking.ts words it. */
interface Question {
  title: string
  lines: string[]
  yes: { verb: string | null; label: string; isGrave: boolean }
  no: { verb: string | null; label: string }
}

/** What a press would do and whom it concerns, before it is done. */
function ask(dialog: HTMLDialogElement, { title, lines, yes, no }: Question): void {
  const part = <T extends HTMLElement>(name: string) => dialog.querySelector<T>(`[data-asking-${name}]`)
  const heading = part("title")
  if (heading) heading.textContent = title
  part("lines")?.replaceChildren(
    ...lines.map((text) => Object.assign(document.createElement("p"), { textContent: text, dir: "auto" })),
  )
  for (const [button, choice] of [
    [part<HTMLButtonElement>("yes"), yes],
    [part<HTMLButtonElement>("no"), no],
  ] as const) {
    if (button) Object.assign(button, { value: choice.verb ?? "", textContent: choice.label })
  }
  part("yes")?.classList.toggle("button-danger", yes.isGrave)
  part("yes")?.classList.toggle("button-main", !yes.isGrave)
  dialog.returnValue = ""
  dialog.showModal()
}

/** Escape is a no like the other. */
function goBack({ currentTarget }: Event): void {
  const dialog = currentTarget as HTMLDialogElement
  const no = dialog.querySelector<HTMLButtonElement>("[data-asking-no]")
  if (dialog.returnValue !== asked && no && no.value !== "") form?.requestSubmit(no)
}

function tell(said: Said | null): void {
  if (!told) return
  told.replaceChildren()
  if (!said) return
  const notice = document.createElement("div")
  notice.className = said.good ? "notice notice-good" : "notice notice-late"
  for (const text of [said.good ?? said.title, said.help]) {
    if (!text) continue
    const line = document.createElement("p")
    line.textContent = text
    notice.append(line)
  }
  told.append(notice)
}

function formToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content ?? ""
}

function press(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !areKeysOn() || asking?.open) return
  const at = event.target as HTMLElement
  if (at.closest("input:not([type=checkbox]):not([type=radio]), textarea, select")) return
  const target = document.querySelector<HTMLElement>(`[data-key="${event.code}"]`)
  if (!target) return
  event.preventDefault()
  if (target instanceof HTMLInputElement) target.focus()
  else target.click()
}

function look(): void {
  count()
  // The list is everybody's; whom "next" would call to this counter depends on the counter.
  const next = document.querySelector<HTMLElement>(".hand")?.dataset["next"]
  for (const row of document.querySelectorAll(".waiting tr[id]"))
    row.classList.toggle("waiting-next", row.id === `row-${next}`)
}

/** How long the person in hand has been there, to the second. */
function count(): void {
  for (const element of document.querySelectorAll<HTMLElement>("[data-since]")) {
    const seconds = Math.max(0, Math.floor((officeNow() - Number(element.dataset["since"])) / 1000))
    const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`
    if (element.textContent !== text) element.textContent = text
  }
}

function areKeysOn(): boolean {
  return localStorage.getItem(keysKept) !== "off"
}

function offerKeys(): void {
  const toggle = document.querySelector<HTMLButtonElement>("[data-keys-toggle]")
  if (!toggle) return
  const show = () => {
    toggle.hidden = false
    toggle.textContent = (areKeysOn() ? toggle.dataset["off"] : toggle.dataset["on"]) ?? ""
    document.documentElement.dataset["keys"] = areKeysOn() ? "on" : "off"
  }
  toggle.addEventListener("click", () => {
    localStorage.setItem(keysKept, areKeysOn() ? "off" : "on")
    show()
  })
  show()
}
