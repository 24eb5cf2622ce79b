package access

import "time"

// User is a person who may sign in.
type User struct {
	Name            string    `json:"name"`
	DisplayName     string    `json:"displayName"`
	Email           string    `json:"email"`
	Groups          []string  `json:"groups" nullable:"false"`
	Disabled        bool      `json:"disabled" doc:"May not sign in"`
	MustSetPassword bool      `json:"mustSetPassword" doc:"Has no password yet: signs in by a one-time link and then sets one"`
	Created         time.Time `json:"created"`
}

// SignedInUser is the part of a user that the session tells.
type SignedInUser struct {
	Name            string   `json:"name"`
	DisplayName     string   `json:"displayName"`
	Email           string   `json:"email"`
	Groups          []string `json:"groups" nullable:"false"`
	MustSetPassword bool     `json:"mustSetPassword"`
}

// Session is what a client knows about being signed in.
type Session struct {
	User    SignedInUser `json:"user"`
	CSRF    string       `json:"csrf,omitempty" doc:"Send it as header X-Kubemate-CSRF with every change"`
	Expires *time.Time   `json:"expires,omitempty" doc:"When the session ends at the latest; absent on the admin socket"`
	Via     string       `json:"via" enum:"cookie,token,socket"`
	Version string       `json:"version" doc:"Version of the server"`
	Doors   []string     `json:"doors" nullable:"false" doc:"Parts of the console that this user may open: overview, resources, platform, govern, users"`
	Token   string       `json:"token,omitempty" doc:"Bearer token; only in the answer to a sign-in of the command line"`
}

// SessionInfo is one of a user's sessions.
type SessionInfo struct {
	ID        string    `json:"id"`
	Via       string    `json:"via" enum:"cookie,token"`
	Created   time.Time `json:"created"`
	LastSeen  time.Time `json:"lastSeen"`
	Expires   time.Time `json:"expires"`
	Remote    string    `json:"remote" doc:"Address that signed in"`
	UserAgent string    `json:"userAgent"`
	Current   bool      `json:"current"`
}

// Group is a Kubemate group with what is bound to it.
type Group struct {
	Name    string      `json:"name"`
	Roles   []GroupRole `json:"roles" nullable:"false"`
	Members []string    `json:"members" nullable:"false"`
}

// GroupRole is one role of a group.
type GroupRole struct {
	Role      string `json:"role" example:"ClusterRole kubemate:viewer"`
	Namespace string `json:"namespace,omitempty" doc:"Where it holds; everywhere when absent"`
	Binding   string `json:"binding"`
}

// SignInLink is a one-time link.
type SignInLink struct {
	URL     string    `json:"url" doc:"Opens the console signed in; can be used once"`
	Expires time.Time `json:"expires"`
}

func (u user) public() User {
	return User{
		Name: u.Name, DisplayName: u.DisplayName, Email: u.Email, Groups: u.Groups, Disabled: u.Disabled,
		MustSetPassword: !u.PasswordSet, Created: u.Created,
	}
}
