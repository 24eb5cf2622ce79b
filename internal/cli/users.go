package cli

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"kubemate.io/kubemate/internal/cli/client"
)

func (a *app) usersCommand() *cobra.Command {
	return a.group("users", "List, create, disable and let in users",
		a.usersListCommand(), a.usersCreateCommand(),
		a.usersSwitchCommand("disable", "Take a user's rights to sign in; sessions end at once", true),
		a.usersSwitchCommand("enable", "Let a disabled user sign in again", false),
		a.usersLinkCommand(), a.usersDeleteCommand())
}

func (a *app) usersListCommand() *cobra.Command {
	cmd, inv := a.command("list", "List users", func(ctx context.Context, inv *invocation, _ []string) error {
		var answer client.Users
		if err := inv.client.Call(ctx, http.MethodGet, "/users", nil, nil, &answer); err != nil {
			return err
		}
		if inv.output != "table" {
			return inv.printObject(answer.Users)
		}
		t := newTable("NAME", "DISPLAY NAME", "EMAIL", "GROUPS", "STATUS")
		t.paint = inv.painter()
		for _, u := range answer.Users {
			status := cell{text: "Enabled", tone: "ok"}
			if u.Disabled {
				status = cell{text: "Disabled", tone: toneNeutral}
			}
			t.rows = append(t.rows, []cell{{text: u.Name}, {text: u.DisplayName}, {text: u.Email}, {text: strings.Join(u.Groups, ",")}, status})
		}
		return t.print(inv.out)
	})
	cmd.Args = noArgs
	inv.printable(cmd, "table", "json", "yaml")
	return cmd
}

func (a *app) usersCreateCommand() *cobra.Command {
	var display, email string
	var groups []string
	cmd, inv := a.command("create NAME", "Create a user and print a one-time sign-in link", func(ctx context.Context, inv *invocation, args []string) error {
		request := map[string]any{"name": args[0], "displayName": firstOf(display, args[0]), "email": email, "groups": append([]string{}, groups...)}
		var created client.CreatedUser
		if err := inv.client.Call(ctx, http.MethodPost, "/users", nil, request, &created); err != nil {
			return err
		}
		inv.remark("user %s created", args[0])
		return inv.printLink(created.Link)
	})
	cmd.Args = atLeast(1, "a name")
	f := cmd.Flags()
	f.StringVar(&display, "display-name", "", "how people call the user")
	f.StringVar(&email, "email", "", "address")
	f.StringSliceVar(&groups, "group", nil, "group, repeat for more")
	_ = inv
	return cmd
}

// printLink prints a link to standard output, what it is to standard error.
func (inv *invocation) printLink(link *client.Link) error {
	if link == nil || link.URL == "" {
		return nil
	}
	inv.remark("one-time sign-in link, until %s; whoever has it is let in:", link.Expires.Local().Format("15:04"))
	_, err := fmt.Fprintln(inv.out, link.URL)
	return err
}

func (a *app) usersSwitchCommand(use, short string, disabled bool) *cobra.Command {
	cmd, _ := a.command(use+" NAME …", short, func(ctx context.Context, inv *invocation, args []string) error {
		for _, name := range args {
			if err := inv.client.Call(ctx, http.MethodPatch, client.Path("users", name), nil, map[string]bool{"disabled": disabled}, nil); err != nil {
				return err
			}
			fmt.Fprintf(inv.out, "user %s %sd\n", name, use)
		}
		return nil
	})
	cmd.Args = atLeast(1, "a name")
	return cmd
}

func (a *app) usersLinkCommand() *cobra.Command {
	cmd, _ := a.command("link NAME", "Make a one-time sign-in link for a user", func(ctx context.Context, inv *invocation, args []string) error {
		var link client.Link
		if err := inv.client.Call(ctx, http.MethodPost, client.Path("users", args[0], "sign-in-link"), nil, nil, &link); err != nil {
			return err
		}
		return inv.printLink(&link)
	})
	cmd.Args = atLeast(1, "a name")
	return cmd
}

func (a *app) usersDeleteCommand() *cobra.Command {
	cmd, _ := a.command("delete NAME …", "Delete users", func(ctx context.Context, inv *invocation, args []string) error {
		for _, name := range args {
			if err := inv.client.Call(ctx, http.MethodDelete, client.Path("users", name), nil, nil, nil); err != nil {
				return err
			}
			fmt.Fprintf(inv.out, "user %s deleted\n", name)
		}
		return nil
	})
	cmd.Args = atLeast(1, "a name")
	return cmd
}
