import { paperWords } from "../i18n/identity.ts"
import type { Lang } from "../i18n/lang.ts"
import { Button } from "./shell/controls.tsx"

/** The form that gives a file. It stands outside every live region, so that what was chosen stays; without a script it is a form like any. */
export function GiveFile({
  action,
  token,
  lang,
  isHidden,
}: {
  action: string
  token: string
  lang: Lang
  isHidden?: boolean
}) {
  const words = paperWords[lang]
  return (
    <form
      method="post"
      action={action}
      enctype="multipart/form-data"
      class="stack give-file"
      data-give-file
      hidden={isHidden}
      data-said={JSON.stringify({ sending: words.sending, sent: words.sent, failed: words.failed })}
    >
      {token !== "" && <input type="hidden" name="_form" value={token} />}
      <label class="field">
        <span class="label">{words.choose}</span>
        <span class="quiet small">{words.help}</span>
        <input
          class="input"
          type="file"
          name="file"
          accept="application/pdf,image/png,image/jpeg,image/webp"
          required
        />
      </label>
      <progress class="give-progress" max="100" value="0" aria-label={words.sending} hidden />
      <p class="small" role="status" data-give-told />
      <Button icon="document">{words.give}</Button>
    </form>
  )
}
