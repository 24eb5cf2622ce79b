/** Path under which the console is served, ending in "/": "/" or "/kubemate/". */
export function basePath(): string {
  const path = new URL(document.baseURI).pathname
  return path.slice(0, path.lastIndexOf('/') + 1)
}

/** The WebSocket address of an API path ("/api/v1/live") on the server of this page. */
export function webSocketUrl(path: string): string {
  const url = new URL(basePath() + path.replace(/^\//, ''), location.origin)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return url.href
}

/** The HTTP address of an API path, for downloads and streams. */
export function apiUrl(path: string): string {
  return basePath() + path.replace(/^\//, '')
}
