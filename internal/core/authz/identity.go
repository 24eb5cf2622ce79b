package authz

import "strings"

// prefix marks every user and group that Kubemate presents to a cluster.
const prefix = "kubemate:"

// GroupPlatformAdmins is the group of those who run the platform.
const GroupPlatformAdmins = "platform-admins"

// Identity is a signed-in person or machine. Names carry no prefix here.
type Identity struct {
	User   string   // the Kubemate user name, "alice"
	Groups []string // Kubemate groups, "platform-admins"
}

// KubernetesUser is the user name presented to a cluster by impersonation, "kubemate:alice".
func (id Identity) KubernetesUser() string { return prefix + id.User }

// KubernetesGroups are the groups presented to a cluster, "kubemate:platform-admins".
// The API server adds system:authenticated itself.
func (id Identity) KubernetesGroups() []string {
	out := make([]string, len(id.Groups))
	for i, g := range id.Groups {
		out[i] = prefix + g
	}
	return out
}

// InGroup says whether the identity is in a Kubemate group.
func (id Identity) InGroup(group string) bool {
	for _, g := range id.Groups {
		if g == group {
			return true
		}
	}
	return false
}

// Reserved says whether a name may not be used for a user or group, at any door.
func Reserved(name string) bool {
	lower := strings.ToLower(strings.TrimSpace(name))
	return strings.HasPrefix(lower, "system:") || strings.HasPrefix(lower, prefix) || lower == ""
}
