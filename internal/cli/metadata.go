package cli

import (
	"context"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"kubemate.io/kubemate/internal/feature/resources"
)

func (a *app) labelCommand() *cobra.Command {
	return a.metadataCommand("label", "labels", "Set and remove labels of objects")
}

func (a *app) annotateCommand() *cobra.Command {
	return a.metadataCommand("annotate", "annotations", "Set and remove annotations of objects")
}

// metadataCommand makes a command that changes one map of an object's metadata.
func (a *app) metadataCommand(name, field, short string) *cobra.Command {
	dry := false
	cmd, inv := a.command(name+" KIND/NAME … KEY=VALUE … KEY- …", short, func(ctx context.Context, inv *invocation, args []string) error {
		named, change, err := splitMetadata(args)
		if err != nil {
			return err
		}
		objects, err := inv.namedObjects(ctx, named, "")
		if err != nil {
			return err
		}
		body := resources.PatchRequest{Type: "merge", Patch: map[string]any{"metadata": map[string]any{field: change}}, DryRun: dry}
		return inv.each(objects, func(o object) error {
			var result resources.EditResult
			if err := inv.client.Call(ctx, http.MethodPatch, o.path(), nil, body, &result); err != nil {
				return err
			}
			inv.did(o, field+" changed"+dryWord(dry), result.Warnings)
			return nil
		})
	})
	cmd.Args = atLeast(2, "an object and a change, for instance deploy/teller team=payments")
	cmd.ValidArgsFunction = inv.completeObjects
	inv.namespaced(cmd, false)
	cmd.Flags().BoolVar(&dry, "dry-run", false, "check only")
	return cmd
}

// splitMetadata tells objects from changes: KEY=VALUE sets, KEY- removes (nil).
func splitMetadata(args []string) (named []string, change map[string]any, err error) {
	change = map[string]any{}
	for _, arg := range args {
		key, value, set := strings.Cut(arg, "=")
		removed, removes := strings.CutSuffix(arg, "-")
		switch {
		case set && key == "", removes && removed == "":
			return nil, nil, usage("%q has no key", arg)
		case set:
			change[key] = value
		case removes:
			change[removed] = nil
		case len(change) > 0:
			return nil, nil, usage("%q is no change: write KEY=VALUE or KEY-, after the objects", arg)
		default:
			named = append(named, arg)
		}
	}
	if len(named) == 0 {
		return nil, nil, usage("which object? Give it first, for instance deploy/teller")
	}
	if len(change) == 0 {
		return nil, nil, usage("what is to change? Give KEY=VALUE or KEY-")
	}
	return named, change, nil
}

func (a *app) triggerCommand() *cobra.Command {
	return a.actionCommand("trigger CRONJOB …", "Start a job of a cron job now, whatever its schedule", "trigger", "cronjobs")
}
