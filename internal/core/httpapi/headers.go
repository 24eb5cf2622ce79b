package httpapi

import "net/http"

// apiPolicy allows an answer of the API nothing, should a browser ever show it as a page.
const apiPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

// pagePolicy is the console's; NONCE is replaced in every answer. Styles may stand inline:
// table cells, charts and the terminal set sizes that way, and a style cannot run code.
const pagePolicy = "default-src 'none'; script-src 'self' 'nonce-NONCE'; style-src 'self' 'unsafe-inline'; " +
	"img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; " +
	"frame-ancestors 'none'; base-uri 'self'; form-action 'self'"

// secureHeaders sets what every answer carries.
func secureHeaders(h http.Header, strictTransport bool) {
	h.Set("Content-Security-Policy", apiPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Cache-Control", "no-store")
	if strictTransport {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}
