package access

import (
	"context"
	"sort"

	"kubemate.io/kubemate/api/v1alpha1"
	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/httpapi"
)

// require checks a right on users; it is a verb on users.kubemate.io in RBAC.
func (f *Feature) require(ctx context.Context, verb, name string) (authz.Identity, error) {
	scope := httpapi.From(ctx).Scope
	a := authz.Attributes{Verb: verb, Group: v1alpha1.Group, Resource: "users", Name: name}
	return scope.Identity(), scope.Require(ctx, f.deps.Cluster.Name(), a)
}

type usersOutput struct {
	Body struct {
		Users []User `json:"users" nullable:"false"`
	}
}

func (f *Feature) getUsers(ctx context.Context, _ *struct{}) (*usersOutput, error) {
	if _, err := f.require(ctx, "list", ""); err != nil {
		return nil, err
	}
	out := &usersOutput{}
	out.Body.Users = []User{}
	for _, u := range f.directory.list() {
		out.Body.Users = append(out.Body.Users, u.public())
	}
	return out, nil
}

// NameInput names a user in a path. It is exported because huma fills in exported fields only.
type NameInput struct {
	Name string `path:"name" maxLength:"100"`
}

type userOutput struct{ Body User }

func (f *Feature) getUser(ctx context.Context, in *NameInput) (*userOutput, error) {
	if _, err := f.require(ctx, "get", in.Name); err != nil {
		return nil, err
	}
	u, err := f.findUser(in.Name)
	if err != nil {
		return nil, err
	}
	return &userOutput{u.public()}, nil
}

type createInput struct {
	Body struct {
		Name        string   `json:"name" minLength:"1" maxLength:"62"`
		DisplayName string   `json:"displayName,omitempty" maxLength:"200"`
		Email       string   `json:"email,omitempty" maxLength:"320"`
		Groups      []string `json:"groups,omitempty" maxItems:"100"`
	}
}

type createOutput struct {
	Body struct {
		User User        `json:"user"`
		Link *SignInLink `json:"link,omitempty" doc:"One-time sign-in link for the new user"`
	}
}

func (f *Feature) postUser(ctx context.Context, in *createInput) (*createOutput, error) {
	actor, err := f.require(ctx, "create", "")
	if err != nil {
		return nil, err
	}
	made, err := f.createUser(ctx, actor, userChange{Groups: &in.Body.Groups}.on(user{
		Name: in.Body.Name, DisplayName: in.Body.DisplayName, Email: in.Body.Email,
	}))
	if err != nil {
		return nil, err
	}
	out := &createOutput{}
	out.Body.User = made.public()
	link, err := f.linkFor(ctx, actor, made.Name)
	if err != nil {
		return nil, err
	}
	out.Body.Link = &link
	return out, nil
}

type changeInput struct {
	NameInput
	Body struct {
		DisplayName *string   `json:"displayName,omitempty" maxLength:"200"`
		Email       *string   `json:"email,omitempty" maxLength:"320"`
		Groups      *[]string `json:"groups,omitempty" maxItems:"100"`
		Disabled    *bool     `json:"disabled,omitempty"`
	}
}

func (f *Feature) patchUser(ctx context.Context, in *changeInput) (*userOutput, error) {
	actor, err := f.require(ctx, "update", in.Name)
	if err != nil {
		return nil, err
	}
	made, err := f.changeUser(ctx, actor, in.Name, userChange(in.Body))
	if err != nil {
		return nil, err
	}
	return &userOutput{made.public()}, nil
}

func (f *Feature) deleteUserByName(ctx context.Context, in *NameInput) (*struct{}, error) {
	actor, err := f.require(ctx, "delete", in.Name)
	if err != nil {
		return nil, err
	}
	return nil, f.deleteUser(ctx, actor, in.Name)
}

type linkOutput struct{ Body SignInLink }

func (f *Feature) postLink(ctx context.Context, in *NameInput) (*linkOutput, error) {
	actor, err := f.require(ctx, "update", in.Name)
	if err != nil {
		return nil, err
	}
	link, err := f.linkFor(ctx, actor, in.Name)
	if err != nil {
		return nil, err
	}
	return &linkOutput{link}, nil
}

type groupsOutput struct {
	Body struct {
		Groups []Group `json:"groups" nullable:"false"`
	}
}

func (f *Feature) getGroups(ctx context.Context, _ *struct{}) (*groupsOutput, error) {
	if _, err := f.require(ctx, "list", ""); err != nil {
		return nil, err
	}
	groups, err := f.groups()
	if err != nil {
		return nil, err
	}
	out := &groupsOutput{}
	out.Body.Groups = groups
	return out, nil
}

// groups are those that anything is bound to, or anybody is in.
func (f *Feature) groups() ([]Group, error) {
	names, err := f.rights.Groups()
	if err != nil {
		return nil, err
	}
	members := map[string][]string{}
	for _, name := range names {
		members[name] = []string{}
	}
	for _, u := range f.directory.list() {
		for _, g := range u.Groups {
			members[g] = append(members[g], u.Name)
		}
	}
	out := make([]Group, 0, len(members))
	for name, people := range members {
		rights, err := f.rights.RightsOfGroup(name)
		if err != nil {
			return nil, err
		}
		g := Group{Name: name, Roles: []GroupRole{}, Members: append([]string{}, people...)}
		for _, r := range rights {
			g.Roles = append(g.Roles, GroupRole{Role: r.Role, Namespace: r.Namespace, Binding: r.Binding})
		}
		out = append(out, g)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, nil
}
