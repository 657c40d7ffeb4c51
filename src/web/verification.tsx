import { raw } from "hono/html"
import { verifyWords } from "../i18n/verify.ts"
import type { Context } from "./house.ts"
import { paths } from "./paths.ts"
import { qrCode } from "./qr.ts"

/**
 * What stands on a printed document so that whoever is shown it can check it: a square for a phone's camera, and the address and code for a
 * keyboard. The page that shows it includes the stylesheet `verify`.
 */
export async function VerificationMark({ c, code }: { c: Context; code: string }) {
  const { house, lang } = c.var
  const words = verifyWords[lang]
  const svg = await documentQr(house.env.origin, code)
  return (
    <div class="verify-mark">
      <div class="verify-qr" role="img" aria-label={words.qr}>
        {raw(svg)}
      </div>
      <div class="grow">
        <p class="strong">{words.checkHere}</p>
        <p class="small">
          <bdi dir="ltr">{house.env.origin.replace(/^https?:\/\//, "") + paths.verify}</bdi>
        </p>
        <p>
          <DocumentCode code={code} />
        </p>
      </div>
    </div>
  )
}

/** The square alone, as SVG. */
export function documentQr(origin: string, code: string): Promise<string> {
  return qrCode(origin + paths.verified(code))
}

/** A code in groups that may break between them, left to right whatever stands around it. */
export function DocumentCode({ code }: { code: string }) {
  return (
    <bdi dir="ltr" class="verify-code">
      {code.split("-").map((group, index) => (
        <>
          {index > 0 && (
            <>
              -<wbr />
            </>
          )}
          {group}
        </>
      ))}
    </bdi>
  )
}
