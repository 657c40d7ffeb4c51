import { accountWords } from "../i18n/account.ts"
import { show } from "./frame.tsx"
import type { Context } from "./house.ts"
import { ButtonLink } from "./shell/controls.tsx"

/** Recovery codes, the only time that they are seen. The file is made in the page itself: no address of ours answers with them. */
export function codesPage(c: Context, codes: readonly string[], next: string): Promise<Response> {
  const words = accountWords[c.var.lang]
  const file = `${words.codesFile}\r\n\r\n${codes.join("\r\n")}\r\n`
  return show(
    c,
    { title: words.codesTitle, styles: ["citizen"] },
    <div class="column">
      <h1>{words.codesTitle}</h1>
      <p>{words.codesLead}</p>
      <ol class="card codes" dir="ltr">
        {codes.map((code) => (
          <li>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <a
        class="button button-second button-wide"
        download="recovery-codes.txt"
        href={`data:text/plain;charset=utf-8,${encodeURIComponent(file)}`}
      >
        <span>{words.codesDownload}</span>
      </a>
      <ButtonLink weight="main" wide href={next}>
        {words.codesDone}
      </ButtonLink>
    </div>,
  ) as Promise<Response>
}
