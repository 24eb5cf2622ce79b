package system

import (
	"context"
	"fmt"
	"os"
	"os/user"
	"strconv"
	"strings"

	"kubemate.io/kubemate/stack/toolbox/internal/applet"
)

// id prints the user and the groups of the process; numbers that the image has
// no name for stand alone.
func id(_ context.Context, std applet.Std, args []string) error {
	fs := applet.Flags(std, "id", "[-ugGn]")
	onlyUser := fs.BoolP("user", "u", false, "only the user")
	onlyGroup := fs.BoolP("group", "g", false, "only the group")
	onlyGroups := fs.BoolP("groups", "G", false, "only the groups")
	name := fs.BoolP("name", "n", false, "the name instead of the number")
	if err := fs.Parse(args); err != nil {
		return err
	}
	groups, err := os.Getgroups()
	if err != nil {
		return err
	}
	show := func(number int, named string) string {
		if *name && named != "" {
			return named
		}
		return strconv.Itoa(number)
	}
	uid, gid := os.Geteuid(), os.Getegid()
	switch {
	case *onlyUser:
		fmt.Fprintln(std.Out, show(uid, userName(uid)))
	case *onlyGroup:
		fmt.Fprintln(std.Out, show(gid, groupName(gid)))
	case *onlyGroups:
		list := []string{show(gid, groupName(gid))}
		for _, g := range groups {
			if g != gid {
				list = append(list, show(g, groupName(g)))
			}
		}
		fmt.Fprintln(std.Out, strings.Join(list, " "))
	default:
		list := []string{pair(gid, groupName(gid))}
		for _, g := range groups {
			if g != gid {
				list = append(list, pair(g, groupName(g)))
			}
		}
		fmt.Fprintf(std.Out, "uid=%s gid=%s groups=%s\n", pair(uid, userName(uid)), pair(gid, groupName(gid)), strings.Join(list, ","))
	}
	return nil
}

func whoami(_ context.Context, std applet.Std, _ []string) error {
	name := userName(os.Geteuid())
	if name == "" {
		return fmt.Errorf("user %d has no name here", os.Geteuid())
	}
	_, err := fmt.Fprintln(std.Out, name)
	return err
}

func pair(number int, name string) string {
	if name == "" {
		return strconv.Itoa(number)
	}
	return fmt.Sprintf("%d(%s)", number, name)
}

func userName(uid int) string {
	u, err := user.LookupId(strconv.Itoa(uid))
	if err != nil {
		return ""
	}
	return u.Username
}

func groupName(gid int) string {
	g, err := user.LookupGroupId(strconv.Itoa(gid))
	if err != nil {
		return ""
	}
	return g.Name
}
