import type { Child } from "hono/jsx"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import type { ApiDocument } from "./description.ts"

/*
 * The document as a page to read, made from the document alone, so that it cannot say anything else. It needs no script.
 */

interface Operation {
  summary?: string
  description?: string
  tags?: string[]
  parameters?: Parameter[]
  requestBody?: { required?: boolean; content: Record<string, Media> }
  responses: Record<string, { description: string; content?: Record<string, Media> }>
}

interface Parameter {
  name: string
  in: string
  required?: boolean
  description?: string
  schema?: Schema
}

interface Media {
  schema?: Schema
  example?: unknown
}

interface Schema {
  $ref?: string
  type?: string | string[]
  format?: string
  enum?: unknown[]
  description?: string
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  minimum?: number
  maximum?: number
  example?: unknown
}

interface Found {
  method: string
  path: string
  operation: Operation
}

export function docsPage(c: Context, document: ApiDocument): Response | Promise<Response> {
  const calls = operationsOf(document)
  const tags = Map.groupBy(calls, ({ operation }) => operation.tags?.[0] ?? "")
  const shapes = Object.entries((document.components?.schemas ?? {}) as Record<string, Schema>)
  const name = c.var.house.look.name.en
  return show(
    c,
    { title: `${name} API`, styles: ["docs"] },
    <div class="docs" lang="en" dir="ltr">
      <h1>
        {name} API, version {document.info.version}
      </h1>
      {paragraphs(document.info.description)}
      <p>
        The same as OpenAPI 3.1: <a href="/openapi.json">/openapi.json</a>. Say who you are with{" "}
        <code>Authorization: Bearer &lt;token&gt;</code>.
      </p>
      <p>
        Every refusal is a problem document with a code that never changes: <a href={paths.problems}>all of them</a>.
      </p>
      <pre>
        <code>{`curl -H "Authorization: Bearer $TOKEN" ${c.var.house.env.origin}/api/v1/me`}</code>
      </pre>
      <nav aria-label="Calls">
        {[...tags].map(([tag, of]) => (
          <section>
            <h2>{tag}</h2>
            <ul>
              {of.map((call) => (
                <li>
                  <a href={`#${anchor(call)}`}>
                    <code>
                      {call.method.toUpperCase()} {call.path}
                    </code>
                  </a>{" "}
                  {call.operation.summary}
                </li>
              ))}
            </ul>
          </section>
        ))}
        <p>
          <a href="#shapes">What the answers look like</a>
        </p>
      </nav>
      {calls.map((call) => (
        <Call {...call} />
      ))}
      <h2 id="shapes">What the answers look like</h2>
      {shapes.map(([shape, schema]) => (
        <section id={`shape-${shape}`}>
          <h3>{shape}</h3>
          {schema.description ? <p>{schema.description}</p> : null}
          <Members schema={schema} />
          <Example of={schema.example} />
        </section>
      ))}
    </div>,
  )
}

function Example({ of }: { of: unknown }) {
  if (of === undefined) return null
  return (
    <pre>
      <code>{JSON.stringify(of, null, 2)}</code>
    </pre>
  )
}

function Call(call: Found) {
  const { method, path, operation } = call
  const body = operation.requestBody?.content["application/json"]
  return (
    <article id={anchor(call)}>
      <h2>
        <code>
          {method.toUpperCase()} {path}
        </code>
      </h2>
      <p>
        <strong>{operation.summary}</strong>
      </p>
      {paragraphs(operation.description)}
      {operation.parameters && operation.parameters.length > 0 ? (
        <table>
          <caption>Parameters</caption>
          <tbody>
            {operation.parameters.map(({ name, in: where, required, description, schema }) => (
              <tr>
                <th scope="row">
                  <code>{name}</code>
                </th>
                <td>
                  {where}
                  {required ? ", required" : ""}
                </td>
                <td>{schema ? typeOf(schema) : null}</td>
                <td>{coded(description ?? schema?.description ?? "")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
      {body?.schema ? (
        <>
          <h3>Body{operation.requestBody?.required ? "" : " (may be left away)"}</h3>
          <Members schema={body.schema} />
        </>
      ) : null}
      <Example of={body?.example} />
      <table>
        <caption>Answers</caption>
        <tbody>
          {Object.entries(operation.responses).map(([status, { description, content }]) => (
            <tr>
              <th scope="row">{status}</th>
              <td>{coded(description)}</td>
              <td>{Object.values(content ?? {}).map(({ schema }) => (schema ? typeOf(schema) : null))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </article>
  )
}

/** The members of an object; of a choice between several, each. */
function Members({ schema }: { schema: Schema }) {
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf
  if (choices) {
    return (
      <>
        {between(
          choices.map((choice) => <Members schema={choice} />),
          <p>or</p>,
        )}
      </>
    )
  }
  if (!schema.properties) return <p>{typeOf(schema)}</p>
  return (
    <table>
      <tbody>
        {Object.entries(schema.properties).map(([name, member]) => (
          <tr>
            <th scope="row">
              <code>{name}</code>
            </th>
            <td>{schema.required?.includes(name) ? "always" : "optional"}</td>
            <td>{typeOf(member)}</td>
            <td>{coded(member.description ?? "")}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function typeOf(schema: Schema): Child {
  if (schema.$ref) {
    const name = schema.$ref.split("/").at(-1)
    return <a href={`#shape-${name}`}>{name}</a>
  }
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf
  if (choices) return between(choices.map(typeOf), " or ")
  if (schema.enum) return <code>{schema.enum.map(String).join(" | ")}</code>
  const types = Array.isArray(schema.type) ? schema.type : [schema.type ?? "anything"]
  if (schema.items) return <>list of {typeOf(schema.items)}</>
  const range = schema.minimum === undefined ? "" : ` ${schema.minimum}–${schema.maximum ?? ""}`
  return `${schema.format ?? types.join(" or ")}${types[0] === "integer" ? range : ""}`
}

function between(parts: Child[], separator: Child): Child {
  return parts.map((part, index) => (
    <>
      {index > 0 ? separator : null}
      {part}
    </>
  ))
}

function paragraphs(text: string | undefined): Child {
  return (text ?? "").split("\n\n").map((paragraph) => <p>{coded(paragraph)}</p>)
}

/** What stands between backticks is code. */
function coded(text: string): Child {
  return text.split("`").map((part, index) => (index % 2 === 1 ? <code>{part}</code> : part))
}

function operationsOf(document: ApiDocument): Found[] {
  const all = (document.paths ?? {}) as Record<string, Record<string, Operation>>
  return Object.entries(all).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method, path, operation })),
  )
}

function anchor({ method, path }: Found): string {
  return `${method}${path.replaceAll(/[^a-z0-9-]+/gi, "-")}`
}
