import { Idiomorph } from "idiomorph"

/*
 * The only place where text becomes elements. The pages' policy lets no script do that but through this one named door, and what comes
 * through it comes from our own server (W3C Trusted Types).
 */

interface Policy {
  createHTML(html: string): string
}

const trustedTypes = (globalThis as { trustedTypes?: { createPolicy(name: string, rules: Policy): Policy } })
  .trustedTypes
const policy: Policy = trustedTypes?.createPolicy("dawr", { createHTML: (html) => html }) ?? {
  createHTML: (html) => html,
}

/**
 * Makes `region` hold `html`, changing only what is different: the focus stays, what is open stays open, what somebody has typed stays
 * typed, and what carries `data-live-keep` is left alone.
 */
export function morph(region: Element, html: string): void {
  Idiomorph.morph(region, [...read(html).childNodes], {
    morphStyle: "innerHTML",
    callbacks: { beforeNodeMorphed: mayMorph, beforeAttributeUpdated: mayUpdate },
  })
}

/** The elements of a page or of a piece of one, of which nothing is shown or run. */
export function read(html: string): DocumentFragment {
  const template = document.createElement("template")
  template.innerHTML = policy.createHTML(html)
  return template.content
}

function mayMorph(node: Node): boolean {
  if (!(node instanceof Element)) return true
  // A button that has the focus may change its words; a field that somebody is in may not change at all.
  const isTypedIn = node === document.activeElement && node.matches("input, textarea, select")
  return !(isTypedIn || node.hasAttribute("data-live-keep") || isFilledIn(node))
}

/** Whether the reader has put something else here than the server did. */
function isFilledIn(field: Element): boolean {
  if (field instanceof HTMLInputElement) {
    const isTicked = field.type === "checkbox" || field.type === "radio"
    return isTicked ? field.checked !== field.defaultChecked : field.value !== field.defaultValue
  }
  if (field instanceof HTMLTextAreaElement) return field.value !== field.defaultValue
  if (!(field instanceof HTMLSelectElement)) return false
  const options = [...field.options]
  // Where the server chose nothing the browser shows the first.
  const given = Math.max(
    0,
    options.findIndex((option) => option.defaultSelected),
  )
  return !field.multiple && field.selectedIndex !== given
}

/** Whether details and dialogs are open is the reader's business. */
function mayUpdate(name: string, element: Element): boolean {
  return !(name === "open" && (element instanceof HTMLDetailsElement || element instanceof HTMLDialogElement))
}
