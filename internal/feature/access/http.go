package access

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kubemate.io/kubemate/internal/core/httpapi"
)

// Routes registers the operations of sign-in, sessions, users and groups.
func (f *Feature) Routes(api *httpapi.API) {
	f.authRoutes(api)
	f.userRoutes(api)
}

func operation(id, method, path, tag, summary string) huma.Operation {
	return huma.Operation{OperationID: id, Method: method, Path: httpapi.Prefix + path, Tags: []string{tag}, Summary: summary}
}

func (f *Feature) authRoutes(api *httpapi.API) {
	huma.Register(api.Typed, httpapi.Public(operation("sign-in", http.MethodPost, "/auth/sign-in", "auth",
		"Sign in with name and password")), f.postSignIn)
	huma.Register(api.Typed, httpapi.Public(operation("sign-in-by-link", http.MethodPost, "/auth/sign-in-link", "auth",
		"Sign in with the token of a one-time link")), f.postSignInLink)
	huma.Register(api.Typed, noContent(httpapi.WhileRestricted(operation("sign-out", http.MethodPost, "/auth/sign-out", "auth",
		"End this session"))), f.postSignOut)
	huma.Register(api.Typed, httpapi.WhileRestricted(operation("get-session", http.MethodGet, "/auth/session", "auth",
		"Who is signed in")), f.getSession)
	huma.Register(api.Typed, noContent(httpapi.WhileRestricted(operation("set-password", http.MethodPost, "/auth/password", "auth",
		"Set one's own password; ends one's other sessions"))), f.postPassword)
	huma.Register(api.Typed, operation("list-sessions", http.MethodGet, "/auth/sessions", "auth",
		"One's own sessions"), f.getSessions)
	huma.Register(api.Typed, noContent(operation("end-session", http.MethodDelete, "/auth/sessions/{id}", "auth",
		"End one of one's own sessions")), f.deleteSession)
}

func (f *Feature) userRoutes(api *httpapi.API) {
	huma.Register(api.Typed, operation("list-users", http.MethodGet, "/users", "users", "All users"), f.getUsers)
	create := operation("create-user", http.MethodPost, "/users", "users", "Create a user; answers with a one-time link for him")
	create.DefaultStatus = http.StatusCreated
	huma.Register(api.Typed, create, f.postUser)
	huma.Register(api.Typed, operation("get-user", http.MethodGet, "/users/{name}", "users", "One user"), f.getUser)
	huma.Register(api.Typed, operation("change-user", http.MethodPatch, "/users/{name}", "users",
		"Change a user; what is left out stays. Disabling ends his sessions"), f.patchUser)
	huma.Register(api.Typed, noContent(operation("delete-user", http.MethodDelete, "/users/{name}", "users",
		"Delete a user and end his sessions")), f.deleteUserByName)
	huma.Register(api.Typed, operation("create-sign-in-link", http.MethodPost, "/users/{name}/sign-in-link", "users",
		"Make a one-time sign-in link, good for 15 minutes; an earlier one stops working"), f.postLink)
	huma.Register(api.Typed, operation("list-groups", http.MethodGet, "/groups", "users",
		"Groups, their roles and members"), f.getGroups)
}

func noContent(op huma.Operation) huma.Operation {
	op.DefaultStatus = http.StatusNoContent
	return op
}
