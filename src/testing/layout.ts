import type { Page } from "playwright-core"

/** What is asked of a page at one size. Lengths in CSS pixels. */
export interface Demand {
  /** The smaller side of everything that is pressed. Links within a sentence go with the sentence (WCAG 2.2, 2.5.8, "inline"). */
  target: number
  /** No letter is smaller. */
  text: number
  /** A screen that nobody scrolls: all of it is seen at once. */
  whole?: boolean
  /** Also takes the focus through the page, down and up again. */
  focus?: boolean
}

/**
 * What is wrong with the layout of a page as it stands: pushed from side to side, cut off, spilt, on top of each other, too small, or with
 * a focus that cannot be seen. A line a fault; empty where there is none.
 */
export async function faults(page: Page, demand: Demand): Promise<string[]> {
  // After a key the browser shows where the focus is, as it does for whoever works by keyboard.
  if (demand.focus) await page.keyboard.press("Tab")
  return page.evaluate(measure, demand)
}

/** Runs in the page. */
function measure(demand: Demand): string[] {
  const found = new Set<string>()
  const root = document.documentElement
  const dialog = document.querySelector("dialog:modal")
  const scope = dialog ?? document.body
  const slack = 1.5

  /** What is asked of the same element over and over, and changes only with the page. */
  function once<T>(ask: (element: Element) => T): (element: Element) => T {
    const known = new Map<Element, { value: T }>()
    return (element) => {
      const found = known.get(element) ?? { value: ask(element) }
      known.set(element, found)
      return found.value
    }
  }
  const styleOf = once((element) => {
    const { position, zIndex, clipPath, overflowX, overflowY } = getComputedStyle(element)
    return { position, zIndex, clipPath, overflowX, overflowY }
  })

  interface Box {
    left: number
    right: number
    top: number
    bottom: number
  }

  const nameOf = (element: Element): string => {
    const [first = ""] = element.classList
    const text = (element.textContent ?? "").trim().replace(/\s+/g, " ").slice(0, 30)
    return `${element.tagName.toLowerCase()}${first && "."}${first} “${text}”`
  }
  const isWritten = (element: Element): boolean =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    !element.closest(".spoken, .skip:not(:focus)") &&
    !isClippedAway(element)
  const isClippedAway = once((element): boolean => {
    const outer = element.parentElement
    return styleOf(element).clipPath !== "none" || (outer !== null && isClippedAway(outer))
  })
  /** What lies above the page and moves by itself. */
  const layerOf = once((element): Element | null => {
    const { position, zIndex } = styleOf(element)
    if (element === document.body) return null
    if (position === "fixed" || position === "sticky" || (position === "absolute" && zIndex !== "auto")) return element
    return element.parentElement && layerOf(element.parentElement)
  })
  const overlap = (one: Box, other: Box): { wide: number; high: number } => ({
    wide: Math.min(one.right, other.right) - Math.max(one.left, other.left),
    high: Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top),
  })

  if (root.scrollWidth > root.clientWidth + 1) {
    const widest = [...scope.querySelectorAll("*")].filter(
      (element) => isWritten(element) && element.getBoundingClientRect().width > root.clientWidth + 1,
    )
    found.add(`wider than the screen by ${root.scrollWidth - root.clientWidth}: ${widest.slice(-1).map(nameOf)}`)
  }
  const still = [root, document.body].some((one) => getComputedStyle(one).overflowY === "hidden")
  if (still && root.scrollHeight > root.clientHeight + 1) found.add("higher than the screen, and nobody can scroll it")
  if (demand.whole && root.scrollHeight > root.clientHeight + 1) {
    found.add(`higher than the screen by ${root.scrollHeight - root.clientHeight}`)
  }

  /** Where a box is cut off by what it stands in; `null` where all of it can be seen, if need be by scrolling. */
  function cutBy(element: Element, box: Box): string | null {
    let [reachX, reachY] = [false, false]
    for (let one = element.parentElement; one; one = one.parentElement) {
      const style = styleOf(one)
      const hides = (value: string) => value === "hidden" || value === "clip"
      if (!reachX && hides(style.overflowX) && one !== document.body && one !== root) {
        const outer = one.getBoundingClientRect()
        if (box.left < outer.left - slack || box.right > outer.right + slack) return nameOf(one)
      }
      if (!reachY && hides(style.overflowY) && one !== root) {
        const outer = one.getBoundingClientRect()
        if (box.top < outer.top - slack || box.bottom > outer.bottom + slack) return nameOf(one)
      }
      reachX ||= /auto|scroll/.test(style.overflowX)
      reachY ||= /auto|scroll/.test(style.overflowY)
    }
    if (!reachX && (box.left < -slack || box.right > root.clientWidth + slack)) return "the screen"
    return null
  }

  /** Out of sight in something that scrolls: it can be brought back. */
  function isScrolledAway(element: Element, box: Box): boolean {
    for (let one = element.parentElement; one && one !== document.body; one = one.parentElement) {
      const style = styleOf(one)
      if (!/auto|scroll/.test(style.overflowX + style.overflowY)) continue
      const { wide, high } = overlap(one.getBoundingClientRect(), box)
      if (wide < box.right - box.left - 1 || high < box.bottom - box.top - 1) return true
    }
    return false
  }

  /** The nearest thing with an edge or a ground that a letter must stay inside. */
  const frameOf = once((element): Element | null => {
    if (element === document.body) return null
    const { overflowX, overflowY, display, backgroundColor, borderInlineStartWidth } = getComputedStyle(element)
    if (/auto|scroll/.test(overflowX + overflowY)) return null
    const isBox = display !== "inline" && display !== "contents"
    const hasGround = backgroundColor !== "rgba(0, 0, 0, 0)"
    if (isBox && (hasGround || Number.parseFloat(borderInlineStartWidth) > 0)) return element
    return element.parentElement && frameOf(element.parentElement)
  })

  // Letters.
  const texts: { box: Box; element: Element; layer: Element | null }[] = []
  const walker = document.createTreeWalker(scope, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement
    if (!element || !node.textContent?.trim() || element.closest("option, script, style, noscript, title")) continue
    if (!isWritten(element)) continue
    const size = Number.parseFloat(getComputedStyle(element).fontSize)
    if (size < demand.text - 0.1) found.add(`letters of ${size}: ${nameOf(element)}`)
    const range = document.createRange()
    range.selectNodeContents(node)
    for (const rect of range.getClientRects()) {
      if (rect.width < 1 || rect.height < 1) continue
      // The box of a line is higher than its letters, more so in Arabic fonts.
      const [middle, half] = [(rect.top + rect.bottom) / 2, size * 0.35]
      const box = { left: rect.left, right: rect.right, top: middle - half, bottom: middle + half }
      if (isScrolledAway(element, box)) continue
      const cut = cutBy(element, box)
      if (cut) found.add(`cut off by ${cut}: ${nameOf(element)}`)
      const frame = frameOf(element)
      if (frame) {
        const outer = frame.getBoundingClientRect()
        const spills = Math.max(
          outer.left - box.left,
          box.right - outer.right,
          outer.top - box.top,
          box.bottom - outer.bottom,
        )
        if (spills > slack) found.add(`spills ${Math.round(spills)} out of ${nameOf(frame)}: ${nameOf(element)}`)
      }
      texts.push({ box, element, layer: layerOf(element) })
    }
  }
  texts.sort((one, other) => one.box.top - other.box.top)
  for (const [index, one] of texts.entries()) {
    for (let next = index + 1; next < texts.length; next++) {
      const other = texts[next]
      if (!other || other.box.top > one.box.bottom) break
      if (one.element === other.element || one.layer !== other.layer) continue
      const { wide, high } = overlap(one.box, other.box)
      if (wide > 2 && high > 2) found.add(`letters on letters: ${nameOf(one.element)} and ${nameOf(other.element)}`)
    }
  }

  // What is pressed.
  const pressed =
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]:not([tabindex='-1'])"
  const controls = [...scope.querySelectorAll<HTMLElement>(pressed)].filter((control) => {
    const shown = control.closest("label") ?? control
    return (
      shown.checkVisibility({ visibilityProperty: true }) &&
      !control.matches(".skip, :disabled") &&
      !isClippedAway(control)
    )
  })
  const targets = controls.map((control) => {
    const target = control.matches("input[type=radio], input[type=checkbox]")
      ? (control.closest("label") ?? control)
      : control
    // A link of several lines is each of its lines.
    const parts =
      getComputedStyle(target).display === "inline" ? [...target.getClientRects()] : [target.getBoundingClientRect()]
    const box = target.getBoundingClientRect()
    return { control, target, box, parts: isScrolledAway(target, box) ? [] : parts, layer: layerOf(control) }
  })
  for (const { control, target, box } of targets) {
    const smaller = Math.min(box.width, box.height)
    if (smaller < demand.target - 0.6 && !isInSentence(target)) {
      found.add(`only ${Math.round(box.width)} × ${Math.round(box.height)} to press: ${nameOf(control)}`)
    }
    const cut = cutBy(target, box)
    if (cut) found.add(`to press, and cut off by ${cut}: ${nameOf(control)}`)
  }
  function isInSentence(link: Element): boolean {
    if (!getComputedStyle(link).display.startsWith("inline") || link.matches("button.button, input, select"))
      return false
    const line = link.parentElement?.closest("p, li, td, dd, span, div, h1, h2, h3")
    return (line?.textContent ?? "").trim().length > (link.textContent ?? "").trim().length + 1
  }
  /** Where a field is written in; what stands in its padding is beside it. */
  const innerOf = (element: Element, box: Box): Box => {
    if (!element.matches("input, textarea")) return box
    const style = getComputedStyle(element)
    return {
      ...{ top: box.top, bottom: box.bottom },
      left: box.left + Number.parseFloat(style.paddingLeft),
      right: box.right - Number.parseFloat(style.paddingRight),
    }
  }
  for (const [index, one] of targets.entries()) {
    for (const other of targets.slice(index + 1)) {
      if (one.layer !== other.layer || one.target.contains(other.target) || other.target.contains(one.target)) continue
      const meet = one.parts.some((mine) =>
        other.parts.some((its) => {
          const { wide, high } = overlap(innerOf(one.target, mine), innerOf(other.target, its))
          return wide > 1 && high > 1
        }),
      )
      if (meet) found.add(`to press on top of each other: ${nameOf(one.control)} and ${nameOf(other.control)}`)
    }
  }

  // Where the eye goes by keyboard.
  if (demand.focus) {
    for (const { control, target } of [...targets, ...targets.toReversed()]) {
      control.focus()
      if (document.activeElement !== control) continue
      const ring = [control, target].find((element) => {
        const { outlineStyle, outlineWidth } = getComputedStyle(element)
        return outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2
      })
      const drawn = target.getBoundingClientRect()
      if (!ring) found.add(`focus that is not seen: ${nameOf(control)}`)
      else {
        const style = getComputedStyle(ring)
        const by = Math.max(0, Number.parseFloat(style.outlineOffset) + Number.parseFloat(style.outlineWidth) - 1)
        const round = { left: drawn.left - by, right: drawn.right + by, top: drawn.top - by, bottom: drawn.bottom + by }
        const cut = cutBy(target, round)
        if (cut) found.add(`focus cut off by ${cut}: ${nameOf(control)}`)
      }
      if (drawn.height > innerHeight || drawn.width > innerWidth) continue
      const [x, y] = [(drawn.left + drawn.right) / 2, (drawn.top + drawn.bottom) / 2]
      // A part of it must be seen (WCAG 2.4.11): a strip that scrolls has it at its edge, a long field shows the line that is written in.
      const points = [
        ...[x, drawn.left + 8, drawn.right - 8].map((at) => document.elementFromPoint(at, y)),
        document.elementFromPoint(x, drawn.top + 8),
      ]
      const isSeen = points.some((above) => above !== null && (target.contains(above) || above.contains(target)))
      if (!isSeen) found.add(`focus beneath ${points[0] ? nameOf(points[0]) : "nothing"}: ${nameOf(control)}`)
    }
    for (const { control } of targets) {
      const aim = control.matches("a[href^='#']")
        ? document.getElementById(control.getAttribute("href")?.slice(1) ?? "")
        : null
      if (!aim?.checkVisibility()) continue
      aim.scrollIntoView()
      const { left, right, top } = aim.getBoundingClientRect()
      const above = document.elementFromPoint((left + right) / 2, Math.max(0, top) + 1)
      if (above && !aim.contains(above) && !above.contains(aim))
        found.add(`beneath ${nameOf(above)}: what ${nameOf(control)} leads to`)
    }
    ;(document.activeElement as HTMLElement | null)?.blur()
    scrollTo(0, 0)
  }
  return [...found]
}
