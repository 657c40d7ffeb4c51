import { addressOf, langOf, withoutOf } from "../../domain/notifications/contact.ts"
import { channels, themes } from "../../domain/notifications/rules.ts"
import { common } from "../../i18n/common.ts"
import { inboxWords } from "../../i18n/inbox.ts"
import { languages } from "../../i18n/lang.ts"
import { maskedAddress } from "../../outside/log.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { sendsCodes } from "../sends-codes.ts"
import { Card, Notice } from "../shell/cards.tsx"
import { Button, ButtonLink, Choices, Field, PostForm } from "../shell/controls.tsx"
import { ownerOf } from "./who.ts"

export interface Told {
  good?: string
  /** What is wrong with the address, and what was typed. */
  emailError?: string
  typed?: string
}

/** What reaches somebody, over which way, in which language, and where. Security is told always and stands in no list. */
export async function settingsPage(c: Context, told: Told = {}): Promise<Response> {
  const { house, lang, formToken } = c.var
  const { store, keys } = house
  const words = inboxWords[lang]
  const owner = ownerOf(c)
  const good = told.good ?? (c.req.query("done") === "mobile" ? words.mobileChanged : undefined)
  const without = await withoutOf(store, owner)
  const spoken = await langOf(store, owner)
  const [mobile, email] = [await addressOf(store, keys, owner, "sms"), await addressOf(store, keys, owner, "mail")]
  return show(
    c,
    { title: words.settingsTitle, styles: ["citizen", "inbox"], status: told.emailError ? 400 : undefined },
    <div class="column">
      <h1>{words.settingsTitle}</h1>
      <p class="quiet">{words.settingsLead}</p>
      {good && (
        <Notice tone="good" icon="check">
          <p role="status">{good}</p>
        </Notice>
      )}
      <PostForm action={paths.messageSettings} token={formToken} class="stack">
        <input type="hidden" name="do" value="choose" />
        <Choices
          name="lang"
          legend={words.language}
          options={languages.map((one) => ({
            value: one,
            label: <span lang={one}>{words.languages[one]}</span>,
            checked: one === spoken,
          }))}
        />
        {owner.kind === "citizen" &&
          themes.map((theme) => (
            <Choices
              name="want[]"
              type="checkbox"
              legend={words.themes[theme]}
              options={channels.map((channel) => ({
                value: `${theme}.${channel}`,
                label: words.channels[channel],
                checked: !without.includes(`${theme}.${channel}`),
              }))}
            />
          ))}
        <p class="quiet">{words.always}</p>
        <Button weight="main" wide>
          {common[lang].save}
        </Button>
      </PostForm>
      <h2>{words.reach}</h2>
      <Card>
        <dl class="facts">
          {owner.kind === "citizen" && (
            <>
              <dt>{words.mobile}</dt>
              <dd>{mobile ? <bdi dir="ltr">{maskedAddress(mobile)}</bdi> : words.noMobile}</dd>
            </>
          )}
          <dt>{words.email}</dt>
          <dd>{email ? <bdi dir="ltr">{maskedAddress(email)}</bdi> : words.noEmail}</dd>
        </dl>
        {owner.kind === "citizen" && sendsCodes(house) && (
          <ButtonLink weight="quiet" href={paths.mobileNew}>
            {mobile ? words.changeMobile : words.addMobile}
          </ButtonLink>
        )}
        {email && (
          <PostForm action={paths.messageSettings} token={formToken}>
            <input type="hidden" name="do" value="remove" />
            <Button weight="quiet">{words.removeEmail}</Button>
          </PostForm>
        )}
      </Card>
      <PostForm action={paths.messageSettings} token={formToken} class="stack">
        <input type="hidden" name="do" value="email" />
        <Field
          name="email"
          label={words.newEmail}
          hint={words.newEmailHint}
          error={told.emailError}
          value={told.typed}
          type="email"
          required
          maxlength={254}
          autocomplete="email"
        />
        <Button wide>{words.sendCheck}</Button>
      </PostForm>
    </div>,
  )
}
