import { z } from "zod"
import { Refusal } from "../../base/refusal.ts"
import { agencyNames } from "../../domain/access/names.ts"
import { passkeyRule, setPasskeyRule } from "../../domain/access/passkey-rules.ts"
import { placesIn } from "../../domain/access/places.ts"
import { contains } from "../../domain/access/roles.ts"
import { inLang } from "../../i18n/lang.ts"
import { staffWords } from "../../i18n/staff.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Card, Empty } from "../shell/cards.tsx"
import { Button, ButtonLink, Choices, PostForm } from "../shell/controls.tsx"
import { staffHead, staffHere } from "../staff-head.tsx"
import { accounts, Good } from "./head.tsx"

/** The agencies that somebody speaks for; the empty one is for people of several, and only whoever is over all speaks for them. */
async function ownAgencies(c: Context): Promise<{ code: string; name: string }[]> {
  const { house, lang } = c.var
  const by = staffHere(c)
  const places = await placesIn(house.store)
  const names = [...(await agencyNames(house.store))]
  const own = names
    .filter(([code]) => contains(by, { scopeKind: "agency", scope: code }, places))
    .map(([code, name]) => ({ code, name: inLang(name, lang) }))
  return by.scopeKind === "all" ? [...own, { code: "", name: staffWords[lang].ruleShared }] : own
}

/** Whether passkeys of an agency's staff must stay on their device. */
export async function passkeyRulePage(c: Context): Promise<Response> {
  const { house, lang, formToken } = c.var
  const words = staffWords[lang]
  const agencies = await ownAgencies(c)
  return show(
    c,
    { title: words.ruleTitle, ...staffHead(c) },
    <div class="column">
      <h1>{words.ruleTitle}</h1>
      <p class="quiet">{words.ruleLead}</p>
      <Good text={c.req.query("done") === "saved" ? words.saved : null} />
      {agencies.length === 0 && <Empty title={words.ruleNone} />}
      {
        await Promise.all(
          agencies.map(async ({ code, name }) => {
            const rule = await passkeyRule(house.store, code, house.demo)
            return (
              <Card>
                <PostForm action={paths.staffPasskeyRule} token={formToken} class="stack">
                  <input type="hidden" name="agency" value={code} />
                  <Choices
                    name="bound[]"
                    legend={name}
                    type="checkbox"
                    options={[
                      { value: "agents", label: words.ruleAgents, checked: rule.agentsBound },
                      { value: "leads", label: words.ruleLeads, checked: rule.leadsBound },
                    ]}
                  />
                  <Button>{words.rightsSave}</Button>
                </PostForm>
              </Card>
            )
          }),
        )
      }
      <ButtonLink weight="quiet" href={paths.staffPeople}>
        {words.backToPeople}
      </ButtonLink>
    </div>,
  )
}

const fields = z.object({
  agency: z.string().max(60),
  "bound[]": z.array(z.enum(["agents", "leads"])).default([]),
})

export async function changePasskeyRule(c: Context): Promise<Response> {
  const { house } = c.var
  const { agency, "bound[]": bound } = await readForm(c, fields)
  if (!(await ownAgencies(c)).some(({ code }) => code === agency)) throw new Refusal("forbidden")
  const rule = { agentsBound: bound.includes("agents"), leadsBound: bound.includes("leads") }
  await house.writer.write((tx) => setPasskeyRule(tx, agency, rule, staffHere(c).id), accounts)
  return c.redirect(`${paths.staffPasskeyRule}?done=saved`, 303)
}
