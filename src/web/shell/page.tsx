import { html } from "hono/html"
import type { Child, PropsWithChildren } from "hono/jsx"
import { direction, type Lang, otherLang } from "../../i18n/lang.ts"
import { Mark } from "./mark.tsx"

/** What stands around every page, already in words of the reader's language. */
export interface Frame {
  lang: Lang
  title: string
  /** The agency's or the house's name. */
  name: string
  logo: string | null
  nonce: string
  /** Addresses of stylesheets and of script modules. */
  styles: readonly string[]
  scripts: readonly string[]
  manifest: string
  icon: string
  formToken: string
  /** This very page in the other language. */
  otherLangHref: string
  words: { skip: string; otherLang: string; demo: string }
  /** The demonstration's ribbon; null in a real office. */
  ribbon: string | null
  /** Where the demonstration shows what it would have sent. */
  ribbonLink?: { href: string; text: string }
  /** What the first page after a sign-in reminds of. */
  reminder?: { text: string; href: string; link: string } | null
  /** `deep`: the green head of home and of work places. `none`: kiosks and boards make their own. */
  head?: "plain" | "deep" | "none"
  headLinks?: Child
  /** The way to one's messages, for whoever has some. */
  bell?: Child
  /** Beside the name: at a desk the office and counter. */
  headBeside?: Child
  homeHref?: string
  /** Class of `<body>`; a kiosk or board styles its whole screen by it. */
  bodyClass?: string
  theme?: "light" | "dark"
  foot?: Child
  /**
   * Of whoever is signed in: after how long this page's session ends by itself, and the words that ask before it does. Without `extend` it
   * cannot be put off, and the button only says that this was read.
   */
  expiry?: { left: number; extend: string | null; title: string; lead: string; stay: string } | null
  /** The office's clock as the page was made: by it the browser tells how old a call is, and since when it has been away. */
  now?: number
  /** Where no script runs, the page asks again by itself after this. */
  againSeconds?: number
}

/** A whole document. Its content is the child; nothing in it is inline style or script. */
export function Page({ children, ...frame }: PropsWithChildren<Frame>) {
  const { lang, head = "plain" } = frame
  return html`<!doctype html>
${(
  <html lang={lang} dir={direction[lang]} data-theme={frame.theme} data-now={frame.now}>
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>{frame.title}</title>
      <meta name="color-scheme" content="light dark" />
      <meta name="theme-color" content="#0e3d2a" />
      {frame.formToken !== "" && <meta name="csrf" content={frame.formToken} />}
      {frame.againSeconds && (
        <noscript>
          <meta http-equiv="refresh" content={String(frame.againSeconds)} />
        </noscript>
      )}
      <link rel="icon" href={frame.icon} type="image/svg+xml" />
      <link rel="manifest" href={frame.manifest} />
      {frame.styles.map((href) => (
        <link rel="stylesheet" href={href} />
      ))}
      {frame.scripts.map((src) => (
        <script type="module" src={src} nonce={frame.nonce} />
      ))}
    </head>
    <body class={frame.bodyClass}>
      {head !== "none" && (
        <a class="skip" href="#main">
          {frame.words.skip}
        </a>
      )}
      {frame.ribbon && (
        <aside class="ribbon" aria-label={frame.words.demo}>
          <span>{frame.ribbon}</span>
          {frame.ribbonLink && head !== "none" && <a href={frame.ribbonLink.href}>{frame.ribbonLink.text}</a>}
        </aside>
      )}
      {head !== "none" && <Masthead {...frame} />}
      {frame.reminder && head !== "none" && (
        <aside class="ribbon ribbon-quiet" aria-label={frame.reminder.link}>
          <span>{frame.reminder.text}</span>
          <a href={frame.reminder.href}>{frame.reminder.link}</a>
        </aside>
      )}
      {head === "none" ? children : <main id="main">{children}</main>}
      {frame.foot && <footer class="foot">{frame.foot}</footer>}
      {frame.expiry && <Expiry {...frame.expiry} />}
    </body>
  </html>
)}`
}

/** Asks two and a half minutes before a session ends by itself (WCAG 2.2, 2.2.1). A script shows it; one key puts the end off. */
function Expiry({ left, extend, title, lead, stay }: NonNullable<Frame["expiry"]>) {
  return (
    <dialog
      class="card expiry"
      data-expiry
      data-left={left}
      data-extend={extend ?? undefined}
      aria-labelledby="expiry-title"
    >
      <h2 id="expiry-title">{title}</h2>
      <p data-expiry-lead={lead} />
      <button class="button button-main button-wide" type="button" data-expiry-stay autofocus>
        <span>{stay}</span>
      </button>
    </dialog>
  )
}

function Masthead(frame: Frame) {
  return (
    <header class={frame.head === "deep" ? "masthead masthead-deep" : "masthead"}>
      <div class="row">
        <a class="brand" href={frame.homeHref ?? "/"}>
          {frame.logo ? <img src={frame.logo} alt="" /> : <Mark />}
          <span>{frame.name}</span>
        </a>
        {frame.headBeside}
      </div>
      <nav class="masthead-links" aria-label={frame.name}>
        {frame.bell}
        {frame.headLinks}
        <a href={frame.otherLangHref} lang={otherLang[frame.lang]} hreflang={otherLang[frame.lang]}>
          {frame.words.otherLang}
        </a>
      </nav>
    </header>
  )
}
