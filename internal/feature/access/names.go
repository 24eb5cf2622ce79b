package access

import (
	"regexp"

	"k8s.io/apimachinery/pkg/types"

	"kubemate.io/kubemate/internal/core/authz"
	"kubemate.io/kubemate/internal/core/errs"
)

// checkName says whether a user or group may have this name: one that can be an object's
// name, and none of the system's.
func checkName(name string) error {
	ok, err := regexp.MatchString(`^[a-z0-9]([-a-z0-9.]{0,60}[a-z0-9])?$`, name)
	if err != nil || !ok || authz.Reserved(name) {
		return errs.New(errs.Unprocessable, "%.80q cannot be the name of a user or group", name).
			WithHint("lower-case letters, digits, dashes and dots, at most 62 characters, beginning and ending with a letter or digit")
	}
	return nil
}

func (u user) uid() types.UID { return types.UID(u.UID) }
