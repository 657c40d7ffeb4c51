import type { Words } from "../../../db/schema/catalogue.ts"
import type { Store } from "../../../db/store.ts"
import { person } from "../../domain/people/reads.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"

/** The names of those who come, in the order given. */
export async function namesOf(store: Store, ids: readonly string[]): Promise<Words[]> {
  const found = await Promise.all(ids.map((id) => person(store, id)))
  return found.flatMap((row) => (row ? [row.name] : []))
}

export function Names({ names, label, lang }: { names: Words[]; label: string; lang: Lang }) {
  return (
    <p>
      <span class="quiet">{label}: </span>
      {names.map((name, index) => (
        <>
          {index > 0 && (lang === "ar" ? "، " : ", ")}
          <bdi>{inLang(name, lang)}</bdi>
        </>
      ))}
    </p>
  )
}
