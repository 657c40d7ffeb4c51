import type { Lang } from "../i18n/lang.ts"
import { noticeWords } from "../i18n/notices.ts"
import { Icon } from "./shell/icons.tsx"

/**
 * The offer to be told by the browser while another window is in front. A script shows it where the browser can, and takes it away again
 * (src/client/notices.ts); a browser may ask its reader for leave only after a press.
 */
export function NoticeOffer({ lang }: { lang: Lang }) {
  const words = noticeWords[lang]
  return (
    <div data-notices data-on={words.on} data-blocked={words.blocked} hidden>
      <button class="button button-second button-wide" type="button">
        <Icon name="bell" size={20} />
        <span>{words.ask}</span>
      </button>
      <p class="quiet small" role="status" tabindex={-1} />
    </div>
  )
}
