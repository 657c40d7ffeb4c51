/**
 * Where to go on after signing in: a path of ours, or nowhere. An address of another site, however written, is nobody's wish; a path that
 * becomes one only when its dots are worked out (`/.//elsewhere`) is one too.
 */
export function nextOf(text: string | undefined): string | null {
  const url = text?.startsWith("/") ? URL.parse(text, "http://here") : null
  if (url?.origin !== "http://here" || /^\/[/\\]/.test(url.pathname)) return null
  return url.pathname + url.search
}
