/*
 * Gives a file without leaving the page, because leaving it would end the call. How far it has come is shown; a refusal is told in place.
 * `fetch` says nothing about what has gone up, so this is the older way of asking.
 */

interface Said {
  sending?: string
  sent?: string
  failed?: string
}

export function followGiving(form: HTMLFormElement): void {
  const said = JSON.parse(form.dataset["said"] ?? "{}") as Said
  const progress = form.querySelector("progress")
  const told = form.querySelector<HTMLElement>("[data-give-told]")
  const button = form.querySelector("button")
  form.addEventListener("submit", (event) => {
    event.preventDefault()
    send()
  })

  function send(): void {
    const asking = new XMLHttpRequest()
    asking.open("POST", form.action)
    asking.setRequestHeader("Accept", "application/json")
    asking.setRequestHeader("X-Form-Token", document.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content ?? "")
    asking.upload.onprogress = ({ loaded, total }) => {
      if (progress) progress.value = total > 0 ? Math.round((loaded / total) * 100) : 0
    }
    asking.onloadend = () => {
      const isGiven = asking.status === 204
      busy(false)
      tell(isGiven ? said.sent : refusalIn(asking.responseText) || said.failed)
      if (isGiven) form.reset()
    }
    busy(true)
    tell(said.sending)
    asking.send(new FormData(form))
  }

  function busy(isBusy: boolean): void {
    if (progress) Object.assign(progress, { hidden: !isBusy, value: 0 })
    button?.toggleAttribute("disabled", isBusy)
  }

  function tell(text: string | undefined): void {
    if (told) told.textContent = text ?? ""
  }
}

/** What a problem document says (RFC 9457); nothing where none came. */
function refusalIn(body: string): string {
  try {
    const { title, detail } = JSON.parse(body) as { title?: string; detail?: string }
    return [title, detail].filter(Boolean).join(". ")
  } catch {
    return ""
  }
}
