/** Takes the token out of "#token=…" and the address out of the history, so that neither stays behind. */
export function takeLinkToken(location: Pick<Location, 'hash' | 'pathname' | 'search'>, history: Pick<History, 'replaceState' | 'state'>): string | null {
  const token = new URLSearchParams(location.hash.replace(/^#/, '')).get('token')
  if (location.hash !== '') history.replaceState(history.state, '', location.pathname + location.search)
  return token || null
}
