import type { Child, PropsWithChildren } from "hono/jsx"
import { Icon, type IconName } from "./icons.tsx"

export type Weight = "main" | "second" | "finish" | "quiet" | "danger"

interface ButtonProps {
  weight?: Weight
  wide?: boolean
  icon?: IconName
  /** Shortcut keys shown beside the label, e.g. ["N", "ى"]. */
  keys?: readonly string[]
  class?: string
}

function classOf({ weight = "second", wide, class: more }: ButtonProps): string {
  return ["button", `button-${weight}`, wide && "button-wide", more].filter(Boolean).join(" ")
}

/**
 * A link that looks like a button: it goes somewhere and changes nothing. `beside`: in a tab of its own, for a page that must not be left; the
 * words say so.
 */
export function ButtonLink({
  href,
  beside,
  children,
  ...props
}: PropsWithChildren<ButtonProps & { href: string; beside?: boolean }>) {
  return (
    <a class={classOf(props)} href={href} {...(beside ? { target: "_blank", rel: "noopener" } : {})}>
      {props.icon && <Icon name={props.icon} size={20} />}
      <span>{children}</span>
    </a>
  )
}

/** Sends its form. `name`/`value` tell several buttons of one form apart. */
export function Button({
  children,
  name,
  value,
  form,
  disabled,
  ...props
}: PropsWithChildren<ButtonProps & { name?: string; value?: string; form?: string; disabled?: boolean }>) {
  return (
    <button
      class={classOf(props)}
      type="submit"
      name={name}
      value={value}
      form={form}
      disabled={disabled}
      data-keys={props.keys?.join(" ")}
    >
      {props.icon && <Icon name={props.icon} size={20} />}
      <span>{children}</span>
      {props.keys && <Keys keys={props.keys} />}
    </button>
  )
}

export function Keys({ keys }: { keys: readonly string[] }) {
  return (
    <kbd class="key">
      {keys.map((key) => (
        <bdi>{key}</bdi>
      ))}
    </kbd>
  )
}

/** A form that posts, with its session's token. `action` is an address of ours. */
export function PostForm({
  action,
  token,
  children,
  class: more,
  id,
  live,
}: PropsWithChildren<{ action: string; token: string; class?: string; id?: string; live?: boolean }>) {
  return (
    <form method="post" action={action} class={more} id={id} data-live-form={live ? "" : undefined}>
      {token !== "" && <input type="hidden" name="_form" value={token} />}
      {children}
    </form>
  )
}

interface FieldProps {
  name: string
  label: string
  hint?: string
  /** What is wrong and what to do; shown above the field. */
  error?: string
  value?: string
  required?: boolean
  autocomplete?: string
}

/** A field of one line. `digits` for numbers: left to right, the number keyboard, any digits accepted. */
export function Field({
  name,
  label,
  hint,
  error,
  value,
  required,
  autocomplete,
  type = "text",
  digits,
  latin,
  maxlength,
  autofocus,
}: FieldProps & {
  type?: "text" | "password" | "search" | "tel" | "email"
  digits?: boolean
  /** A code in capital letters of the Latin alphabet, read from somewhere else. */
  latin?: boolean
  maxlength?: number
  autofocus?: boolean
}) {
  const notes = [hint && `${name}-hint`, error && `${name}-error`].filter(Boolean).join(" ")
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {error && <FieldError id={`${name}-error`}>{error}</FieldError>}
      <input
        class={digits ? "input input-digits" : "input"}
        id={name}
        name={name}
        type={type}
        value={value}
        required={required}
        autocomplete={autocomplete}
        maxlength={maxlength}
        autofocus={autofocus}
        inputmode={digits ? "numeric" : undefined}
        autocapitalize={latin ? "characters" : undefined}
        spellcheck={latin ? false : undefined}
        dir={digits || latin || type === "password" || type === "email" ? "ltr" : undefined}
        aria-invalid={error ? "true" : undefined}
        aria-describedby={notes || undefined}
      />
      {hint && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
    </div>
  )
}

export function TextArea({
  name,
  label,
  hint,
  error,
  value,
  required,
  maxlength,
}: FieldProps & { maxlength?: number }) {
  const notes = [hint && `${name}-hint`, error && `${name}-error`].filter(Boolean).join(" ")
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {error && <FieldError id={`${name}-error`}>{error}</FieldError>}
      <textarea
        class="input"
        id={name}
        name={name}
        required={required}
        maxlength={maxlength}
        dir="auto"
        aria-invalid={error ? "true" : undefined}
        aria-describedby={notes || undefined}
      >
        {value}
      </textarea>
      {hint && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
    </div>
  )
}

export function FieldError({ id, children }: PropsWithChildren<{ id: string }>) {
  return (
    <p class="error" id={id}>
      <Icon name="warning" size={18} />
      <span>{children}</span>
    </p>
  )
}

/** Choices of which one (radio) or several (checkbox) are taken. */
export function Choices({
  name,
  legend,
  options,
  type = "radio",
  hint,
}: {
  name: string
  legend: string
  options: { value: string; label: Child; checked?: boolean; disabled?: boolean }[]
  type?: "radio" | "checkbox"
  hint?: string
}) {
  return (
    <fieldset class="stack">
      <legend>{legend}</legend>
      {hint && <p class="quiet small">{hint}</p>}
      {options.map(({ value, label, checked, disabled }) => (
        <label class="choice">
          <input type={type} name={name} value={value} checked={checked} disabled={disabled} />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  )
}

export function Select({
  name,
  label,
  options,
  value,
}: {
  name: string
  label: string
  options: { value: string; label: string }[]
  value?: string
}) {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <select class="input" id={name} name={name}>
        {options.map((option) => (
          <option value={option.value} selected={option.value === value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  )
}
