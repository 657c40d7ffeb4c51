import { Refusal, type RefusalCode, statusOf } from "../../base/refusal.ts"
import type { Lang } from "../../i18n/lang.ts"
import { problemsWords } from "../../i18n/problems.ts"
import { bugWords, programWords, type RefusalWords, refusalWords } from "../../i18n/refusals.ts"
import { show } from "../frame.tsx"
import { type Context, get, type PageRoute } from "../house.ts"
import { paths } from "../paths.ts"
import { Card, LinkList } from "../shell/cards.tsx"
import { ButtonLink } from "../shell/controls.tsx"

/* What the `type` of a problem document leads to (RFC 9457 §3.1.1): the same words for whoever reads it in a browser. */

export const problemRoutes: PageRoute[] = [
  get(paths.problems, "anyone", problemsPage),
  get(paths.problem(":code"), "anyone", problemPage),
]

type Code = RefusalCode | "bug"
const codes: Code[] = [...(Object.keys(statusOf) as RefusalCode[]).sort(), "bug"]

const wordsOf = (code: Code, lang: Lang): RefusalWords => (code === "bug" ? bugWords[lang] : programWords(code, lang))
const statusFor = (code: Code): number => (code === "bug" ? 500 : statusOf[code])

function problemsPage(c: Context): Response | Promise<Response> {
  const { lang } = c.var
  const words = problemsWords[lang]
  return show(
    c,
    { title: words.title },
    <div class="column column-wide">
      <h1>{words.title}</h1>
      <p class="quiet">{words.lead}</p>
      <LinkList
        items={codes.map((code) => ({
          href: paths.problem(code),
          title: wordsOf(code, lang).title,
          line: (
            <span dir="ltr">
              {statusFor(code)} <code>{code}</code>
            </span>
          ),
        }))}
      />
      <ButtonLink href={paths.docs}>{words.docs}</ButtonLink>
    </div>,
  )
}

/** Refuses `not_found` for a code that there is not. */
function problemPage(c: Context): Response | Promise<Response> {
  const { lang } = c.var
  const words = problemsWords[lang]
  const code = codes.find((one) => one === c.req.param("code"))
  if (!code) throw new Refusal("not_found")
  const told = wordsOf(code, lang)
  const people = code === "bug" ? told : refusalWords(code, lang)
  return show(
    c,
    { title: `${words.refusal} ${code}` },
    <div class="column">
      <h1>
        {words.refusal} <code dir="ltr">{code}</code>
      </h1>
      <p class="quiet">{words.about}</p>
      <Card class="stack">
        <h2>{told.title}</h2>
        <p>
          {words.status} {statusFor(code)}
        </p>
        <h3>{words.toPrograms}</h3>
        <p>{told.help}</p>
        {people.help !== told.help && (
          <>
            <h3>{words.toPeople}</h3>
            <p>
              {people.title}. {people.help}
            </p>
          </>
        )}
      </Card>
      <div class="actions">
        <ButtonLink href={paths.problems}>{words.all}</ButtonLink>
        <ButtonLink href={paths.docs}>{words.docs}</ButtonLink>
      </div>
    </div>,
  )
}
