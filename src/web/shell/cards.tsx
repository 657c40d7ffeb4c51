import type { Child, PropsWithChildren } from "hono/jsx"
import { Icon, type IconName } from "./icons.tsx"

export function Card({ children, class: more }: PropsWithChildren<{ class?: string }>) {
  return <section class={more ? `card ${more}` : "card"}>{children}</section>
}

/** A list of ways on: icon, title, a line under it, a chevron. */
export function LinkList({ items }: { items: { href: string; icon?: IconName; title: Child; line?: Child }[] }) {
  return (
    <ul class="card card-flush list">
      {items.map(({ href, icon, title, line }) => (
        <li>
          <a class="list-row" href={href}>
            {icon && (
              <span class="list-icon">
                <Icon name={icon} />
              </span>
            )}
            <span class="grow">
              <span class="strong">{title}</span>
              {line && (
                <>
                  <br />
                  <span class="quiet small">{line}</span>
                </>
              )}
            </span>
            <Icon name="chevron" size={20} />
          </a>
        </li>
      ))}
    </ul>
  )
}

/** What is so, in a sentence. `tone` by meaning, with an icon beside the words. */
export function Notice({
  tone = "info",
  icon = "info",
  children,
}: PropsWithChildren<{ tone?: "info" | "good" | "late" | "hold"; icon?: IconName }>) {
  return (
    <div class={tone === "info" ? "notice" : `notice notice-${tone}`}>
      <Icon name={icon} />
      <div class="grow">{children}</div>
    </div>
  )
}

/** Nothing here yet: what will appear, and how. */
export function Empty({ title, children }: PropsWithChildren<{ title: string }>) {
  return (
    <div class="empty">
      <p class="strong">{title}</p>
      {children}
    </div>
  )
}

/** An icon and a fact about something, e.g. papers or a fee. */
export function IconLine({ icon, title, children }: PropsWithChildren<{ icon: IconName; title: string }>) {
  return (
    <div class="icon-line">
      <span class="list-icon">
        <Icon name={icon} />
      </span>
      <div class="grow">
        <p class="strong">{title}</p>
        <div class="quiet">{children}</div>
      </div>
    </div>
  )
}
